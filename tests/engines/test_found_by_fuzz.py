"""What the fuzz found in the programs, and has been mended: each small case answers as Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from dfbench.engines import find
from dfbench.engines.interactive import run
from dfbench.spec.reader import read_text
from dfbench.spec.workload import Query

TEXTS = {"k": ["b", "a"], "t": ["日本", "a"], "g": [None, 2.0], "i": [9, 7]}


def read(query: str) -> Query:
    text = f"workload: w\ndataset: {{files: x.parquet}}\nqueries: {{q: {query}}}\n"
    return read_text(text, "w.yaml", Path()).queries[0]


# A quotient of nothing in one step is compared in the next: NaN would be above all numbers.
NOTHING = (
    "{steps: [{group_by: t, aggregate: {r: n_unique(j) / sum(j)}}, {where: r > 1, select: [t]}]}"
)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb", "narwhals", "dask"])
def test_a_quotient_that_is_no_number_is_not_above_one_in_a_later_step(engine: str) -> None:
    frame = pa.table({"t": ["a", "b"], "j": pa.array([None, 3], pa.int64())})
    assert len(run(find(engine), read(NOTHING), frame)) == 0


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        # Dask's optimizer took the column for the condition.
        ("{where: k < t, aggregate: {out: count(g)}}", [0]),
        # On rows of Dask's own making, a text is missing.
        ("{where: \"contains(split(t, 'x')[0], '日')\", aggregate: {out: size()}}", [1]),
        (
            "{derive: {n: \"integer(text(i)) - len(split(t, 'x')[0])\"}, aggregate: {out: sum(n)}}",
            [13],
        ),
    ],
)
def test_dask_filters_and_derives_by_texts(query: str, answer: list[Any]) -> None:
    assert list(run(find("dask"), read(query), pa.table(TEXTS)).iloc[:, 0]) == answer
