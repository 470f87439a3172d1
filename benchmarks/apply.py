"""Measure back-ends for functions as ratios in one process: the article's row function and walk.

`python benchmarks/apply.py [ROWS] [TASKS]`: hot times of each engine's own program over
pandas.apply, those of pools over a plain loop, and a group function said in an engine's own
aggregations over pandas' apply. Ratios, since the machine's speed is not ours; beside those that
are asked for stands whether they are reached.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find, find_missing
from dfbench.engines.base import Resources
from dfbench.errors import Unsupported
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query, Tasks

WORKERS = min(2, os.cpu_count() or 1)
RUNS = 5
GROUP_COUNT = 10_000
ROWS = """\
dataset: {files: FILE}
queries:
  double:
    apply:
      rows: |
        def double(x):
            return 2 * x["A"] if x["B"] % 2 == 0 else x["A"]
      as: result
"""
WALK = """\
tasks:
  function: |
    def walk(steps, seed):
        rng = random.Random(seed)
        x = y = 0
        for _ in range(steps):
            x += rng.choice((-1, 1))
            y += rng.choice((-1, 1))
        return x, y
  count: COUNT
  arguments: {steps: 1000}
  verify: statistical
"""
ROADS = (
    "pandas", "polars/map_elements", "serial", "pandas+numpy", "pandas+numba", "polars",
    "polars/numba", "datatable", "duckdb", "dask",
)  # fmt: skip
GROUPS = """\
dataset: {files: FILE}
queries:
  spread:
    group_by: k
    apply:
      groups: |
        def spread(A, B):
            centre = A.mean()
            return np.sqrt((B * (A - centre) ** 2).sum() / B.sum())
      as: spread
"""
NATIVE = ("pandas", "pandas/native", "polars", "polars/native", "duckdb", "dask/native")
# Required speed-ups on two idle cores.
ROWS_ASKED = {"pandas+numba": 200.0, "pandas+numpy": 100.0, "polars": 100.0}
POOLS_ASKED = dict.fromkeys(("multiprocessing", "futures-process", "joblib", "loky"), 1.5)
POOLS = ("serial", "multiprocessing", "futures-process", "futures-thread", "joblib", "loky")


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    count = int(float(sys.argv[2])) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sys.path.insert(0, name)
        os.environ["PYTHONPATH"] = name  # for the fresh processes of loky and Dask
        # The pools come first: they fork a process that nothing else has made large yet.
        (work,) = read_text(WALK.replace("COUNT", str(count)), "walk", folder).tasks
        names = (*POOLS, "numba", "dask")
        loop = "times faster than a plain loop"
        _table(f"{count:,} walks, {loop}", names, work, folder, None, POOLS_ASKED)
        data = _frame(folder, rows)
        (query,) = read_text(ROWS.replace("FILE", str(data)), "rows", folder).queries
        _table(f"{rows:,} rows, {loop}", POOLS, query, folder, data, {})
        faster = "times faster than pandas.apply"
        _table(f"{rows:,} rows, {faster}", ROADS, query, folder, data, ROWS_ASKED)
        (query,) = read_text(GROUPS.replace("FILE", str(data)), "groups", folder).queries
        _table(f"{GROUP_COUNT:,} groups, {faster}", NATIVE, query, folder, data, {})


def _frame(folder: Path, rows: int) -> Path:
    draw = np.random.default_rng(1)
    path = folder / "frame.parquet"
    columns = {
        "A": draw.integers(0, 100, rows),
        "B": draw.integers(0, 10, rows),
        "k": draw.integers(0, GROUP_COUNT, rows),
    }
    pq.write_table(pa.table(columns), path)
    return path


def _table(  # noqa: PLR0913 - what is measured, where, and what is asked for
    title: str,
    names: tuple[str, ...],
    query: Query | Tasks,
    folder: Path,
    data: Path | None,
    asked: Mapping[str, float],
) -> None:
    sys.stdout.write(f"{title}, {WORKERS} workers\n")
    baseline = None
    for name, seconds in _times(names, query, folder, data):
        baseline = baseline or seconds
        ratio = baseline / seconds
        verdict = ""
        if name in asked:
            verdict = f"  asked {asked[name]:g}: {'reached' if ratio >= asked[name] else 'missed'}"
        sys.stdout.write(f"  {name:20} {ratio:8.1f} x {seconds:10.4f} s{verdict}\n")
        sys.stdout.flush()


def _times(
    names: tuple[str, ...], query: Query | Tasks, folder: Path, data: Path | None
) -> Iterator[tuple[str, float]]:
    schema = read_schema(data) if data else Schema((), 0)
    for name in names:
        engine = find(name)
        if find_missing(engine):
            continue
        try:
            text = engine.write(query, schema, Resources(WORKERS)).text
        except Unsupported:
            continue
        module = _module(folder, f"{name}_{query.name}", text)
        yield name, _hot(module, data)


def _module(folder: Path, name: str, text: str) -> ModuleType:
    name = "".join(c if c.isalnum() else "_" for c in name)
    (folder / f"{name}.py").write_text(text)
    importlib.invalidate_caches()
    return importlib.import_module(name)


def _hot(module: ModuleType, data: Path | None) -> float:
    """Return the fastest of a few executions after the first, fewer where one takes seconds."""
    loaded = module.load(str(data)) if data else module.load()
    module.query(loaded)
    times: list[float] = []
    while len(times) < RUNS and (len(times) < 2 or sum(times) < 5.0):
        began = time.perf_counter()
        module.query(loaded)
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    main()
