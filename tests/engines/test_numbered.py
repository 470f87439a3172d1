"""Libraries whose rows have no order number them where a question needs it, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.engines import find
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Column, Schema

NUMBERS = {
    "ibis": "_.rowid()",
    "datafusion": "f.file_row_index()",
    "daft": "monotonically_increasing_id()",
    "pyspark": "_metadata.row_index",
}
COLUMNS = (
    Column("k", "string", "string"),
    Column("x", "int", "int64"),
    Column("t", "timestamp", "timestamp[us]"),
)
WORKLOAD = """
dataset: {{files: data.parquet}}
queries:
  asked: {}
"""


def write(engine: str, question: str) -> str:
    (query,) = read_text(WORKLOAD.format(question), "w.yaml", Path()).queries
    return find(engine).write(query, Schema(COLUMNS, 8)).text


@pytest.mark.parametrize("engine", NUMBERS)
def test_rows_are_numbered_where_their_order_counts(engine: str) -> None:
    asked = "{group_by: k, transform: {a: lag(x), b: cumsum(x)}, sort: [k, a, b]}"
    assert NUMBERS[engine] in write(engine, asked)
    assert NUMBERS[engine] in write(engine, "{group_by: k, transform: {share: x / sum(x)}}")
    assert NUMBERS[engine] not in write(engine, "{group_by: k, aggregate: {a: sum(x)}}")
    assert NUMBERS[engine] not in write(engine, "{group_by: k, transform: {r: rank(x)}, sort: r}")


@pytest.mark.parametrize("engine", NUMBERS)
def test_sorted_rows_are_numbered_for_the_next_step(engine: str) -> None:
    steps = "{group_by: k, aggregate: {s: sum(x)}, sort: k}, {transform: {k: k, c: cumsum(s)}}"
    text = write(engine, f"{{steps: [{steps}]}}")
    assert NUMBERS[engine] not in text
    assert "row_number()" in text


@pytest.mark.parametrize("engine", NUMBERS)
def test_a_window_that_comes_again_has_a_name(engine: str) -> None:
    text = write(engine, "{group_by: k, transform: {a: lag(x), b: lead(x), c: row_number()}}")
    assert "    w = " in text
    assert text.count(".over(w)") == 3


def test_only_datafusion_moves_rows_that_are_computed_alone() -> None:
    numbered = [e for e in NUMBERS if NUMBERS[e] in write(e, "{transform: {a: x + 1}}")]
    assert numbered == ["datafusion"]


def test_sparks_clock_has_no_summer_time_where_times_are_read() -> None:
    timed = write("pyspark", "{order_by: t, transform: {a: \"rolling_sum(x, '2h')\"}}")
    assert '.config("spark.sql.session.timeZone", "UTC")' in timed
    assert "timeZone" not in write("pyspark", "{aggregate: {a: sum(x)}}")
