"""Compare two engines on a shipped workload, and print who was fastest."""

import dfbench

comparison = dfbench.compare(
    "groupby", engines="pandas,polars", queries=["q1", "q7"], dataset__rows=1e5
)
for row in comparison.view.rows:
    for cell in row.cells:
        print(row.query, cell.engine, cell.time, cell.peak, cell.best)
