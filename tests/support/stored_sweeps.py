"""Sweeps made by code, as a folder holds them: costs by formulas, seeded noise, no clock."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from dfbench.storage import folder, sweeps
from dfbench.storage.records import Agreement, Memory, Outcome, Run, Times
from dfbench.storage.sweeps import PointHead, SweepHead

from . import stored_samples as samples

Costs: TypeAlias = Mapping[str, Callable[[float], float]]

SIZES = (10_000, 46_000, 220_000, 1_000_000, 4_600_000)
# Seconds by rows: polars starts dearer, and is cheaper for each row.
COSTS: Costs = {
    "pandas": lambda n: 0.001 + 2e-8 * n,
    "polars": lambda n: 0.004 + 4e-9 * n,
    "dask": lambda n: 0.05 + 2.5e-8 * n,
}
START = 80_000_000  # bytes that an engine holds before it loads
CROSSING = 187_500  # rows, of pandas' and polars' costs


def store(
    results: Path,
    axis: str = "rows",
    sizes: tuple[float, ...] = SIZES,
    costs: Costs = COSTS,
    ends: tuple[str, float] | None = None,
    noise: float = 0.05,
    **changes: Any,
) -> Path:
    """Store a sweep of three rounds; `ends` is an engine and the size that kills it."""
    names = [f"{axis}={size:.0f}" for size in sizes]
    points = [PointHead(n, {axis: float(s)}) for n, s in zip(names, sizes, strict=True)]
    began = "2026-01-31T12:00:00"
    made = SweepHead("groupby", "dfbench sweep groupby", began, {axis: list(sizes)}, points, [])
    path = sweeps.create(results, made)
    seed = random.Random(5)
    for name, size in zip(names, sizes, strict=True):
        engines = {engine: {"version": "1.0"} for engine in costs}
        head = samples.head(engines=(), queries=("q1", "q2"), **changes)
        measure = {**head.measure, "planned": 6 * len(costs)}
        head = replace(head, engines=engines, dataset={"rows": size}, measure=measure)
        comparison = folder.create_at(path / name, head)
        for run in _runs(costs, size, ends, noise, seed):
            comparison.append(run)
        for query in head.queries:
            comparison.append_agreement(Agreement(query, "duckdb", tuple(costs)))
    return path


def _runs(
    costs: Costs, size: float, ends: tuple[str, float] | None, noise: float, seed: random.Random
) -> Iterator[Run]:
    for number in (1, 2, 3):
        for engine, cost in costs.items():
            for query in ("q1", "q2"):
                if ends and engine == ends[0] and size >= ends[1]:
                    if size == ends[1]:
                        yield Run(
                            engine, query, number, Outcome.OUT_OF_MEMORY,
                            evidence="the kernel killed it",
                        )  # fmt: skip
                    continue
                time = cost(size) * seed.lognormvariate(0, noise)
                peak = int(START + 60 * size)
                yield Run(
                    engine, query, number, Outcome.OK,
                    times=Times(startup=0.5, load=time / 2, cold=2 * time, hot=(time,), wall=1.0),
                    memory=Memory(peak=peak, startup=START, query=peak),
                )  # fmt: skip
