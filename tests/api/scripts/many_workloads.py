"""Run several workloads, and keep their ratios to the baseline."""

from collections.abc import Iterator

import dfbench


def ratios(workloads: list[str]) -> Iterator[tuple[str, str, float]]:
    """Yield each engine's ratio over all queries."""
    for name in workloads:
        comparison = dfbench.compare(name, results="results/nightly", measure__rounds=5)
        for column in comparison.view.columns:
            if column.overall is not None:
                yield name, column.engine, column.overall.value


print(list(ratios(["groupby", "join"])))
