"""Run a workload at several sizes, and read its points."""

from pathlib import Path

import dfbench

found = dfbench.sweep("groupby", {"rows": "1e4..1e6"}, engines=["pandas", "polars"])
for point in found.stored.points:
    print(point.values["rows"], point.comparison.path)
again: dfbench.Sweep = dfbench.Sweep(Path(found.path))
print(again.report(), again.comparisons[0].view.workload)
