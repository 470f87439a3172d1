"""Check a workload of one's own files before it is timed."""

from pathlib import Path

import dfbench

checked: dfbench.Comparison = dfbench.check(Path("sales.yaml"), ["polars", "duckdb"])
wrong = [check.sentence for check in checked.view.checked if check.differ]
print("\n".join(wrong) or "all answers agree")
