"""Ibis over DuckDB: what its programs take care of that no small frame shows."""

from __future__ import annotations

from pathlib import Path

from dfbench.engines import find
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Column, Schema

COLUMNS = (Column("k", "string", "string"), Column("x", "int", "int64"))
DATA = Schema(COLUMNS, 8)
WORKLOAD = """
dataset: {{files: data.parquet}}
queries:
  asked: {}
"""


def written(question: str) -> str:
    (query,) = read_text(WORKLOAD.format(question), "ibis.yaml", Path()).queries
    return find("ibis").write(query, DATA).text


def test_a_transform_is_sorted_by_its_rows_numbers() -> None:
    text = written("{group_by: k, transform: {out: x - mean(x)}, having: out > 0, limit: 3}")
    steps = [".mutate(row=_.rowid())", ".filter(", '.order_by("row")', ".limit(3)", '.drop("row")']
    places = [text.index(step) for step in steps]
    assert places == sorted(places)


def test_the_rows_number_has_a_name_of_its_own() -> None:
    text = written("{group_by: k, transform: {row: x - mean(x)}}")
    assert "mutate(row=" not in text
    assert "=_.rowid())" in text


def test_a_transform_that_is_sorted_needs_no_numbers() -> None:
    assert "rowid" not in written("{group_by: k, transform: {out: x - mean(x)}, sort: [k, out]}")
