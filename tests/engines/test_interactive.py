"""`run` takes the frames that people have, and refuses the rest in a sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask.dataframe
import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find, polars
from dfbench.engines.interactive import load_program
from dfbench.errors import DataError, DfbenchError, WorkloadError
from dfbench.spec.reader import read, read_text
from dfbench.spec.schema import Column, Schema
from dfbench.spec.workload import SortKey

WORKLOAD = """\
workload: shops
dataset: {files: shops.parquet, tables: {cities: cities.parquet}}
queries:
  total: {group_by: shop, aggregate: {n: sum(qty)}}
  all: {aggregate: {n: sum(qty)}}
  typo: {group_by: shp, aggregate: {n: sum(qty)}}
  text: {group_by: shop, aggregate: {n: sum(shop)}}
  minus: {derive: {s: shop - shop}, group_by: s, aggregate: {n: size()}}
  day: {where: qty > '2026-01-01', group_by: shop, aggregate: {n: size()}}
  joined: {join: {table: cities, on: shop}, group_by: city, aggregate: {n: sum(qty)}}
"""
QUERIES = read_text(WORKLOAD, "shops.yaml", Path())
COLUMNS = {"shop": ["a", "b", "a"], "qty": [1, 2, 3]}
FRAME = pd.DataFrame(COLUMNS)


@pytest.mark.parametrize(
    "frame",
    [
        FRAME,
        pl.DataFrame(COLUMNS),
        pl.LazyFrame(COLUMNS),
        pa.table(COLUMNS),
        dask.dataframe.from_pandas(FRAME, npartitions=2),
        COLUMNS,
        FRAME.to_dict("records"),
    ],
    ids=lambda frame: f"{type(frame).__module__.partition('.')[0]}-{type(frame).__name__}",
)
def test_every_kind_of_frame_is_taken(frame: object) -> None:
    answer = polars.run(QUERIES.query("total"), frame)
    assert sorted(answer.rows()) == [("a", 4), ("b", 2)]


def test_a_query_that_was_changed_after_it_was_read_is_the_one_that_runs() -> None:
    first = replace(QUERIES.query("total"), sort=(SortKey("shop", descending=True),), limit=1)
    assert polars.run(first, FRAME).rows() == [("b", 2)]


def test_a_relation_of_duckdb_is_taken() -> None:
    with duckdb.connect() as connection:
        relation = connection.from_arrow(pa.table(COLUMNS))
        assert sorted(polars.run(QUERIES.query("total"), relation).rows()) == [("a", 4), ("b", 2)]


def test_a_named_series_is_a_frame_of_one_column() -> None:
    for series in (pd.Series([1, 2], name="qty"), pl.Series("qty", [1, 2])):
        assert polars.run(QUERIES.query("all"), series).rows() == [(3,)]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pl.Series([1]), "a Series without a name"),
        ([1, 2], "the frame is of type list; give a frame of pandas"),
        (None, "the frame is of type NoneType"),
        (np.zeros(3), "the frame is of type ndarray"),
        ({"qty": [1, "a"]}, "cannot be written as an Arrow table: Could not convert 'a'"),
        (pd.DataFrame([[1, 2]], columns=["qty", "qty"]), "Duplicate column names"),
    ],
    ids=range(6),
)
def test_what_is_no_frame_is_a_sentence(frame: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        polars.run(QUERIES.query("all"), frame)


def test_what_is_no_query_is_a_sentence() -> None:
    asked: Any = {"group_by": "shop", "aggregate": {"n": "sum(qty)"}}
    with pytest.raises(DataError, match=r"of type dict; use dfbench.read\(FILE\).query\(NAME\)"):
        polars.run(asked, FRAME)


def test_what_is_no_schema_is_a_sentence() -> None:
    schema: Any = {"qty": "int64"}
    with pytest.raises(DataError, match=r"schema is of type dict; use read_schema\("):
        polars.write(QUERIES.query("all"), schema)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("typo", "shops.yaml:6:20: unknown column 'shp'; did you mean 'shop'"),
        ("text", "sum needs a number, and this is text"),
        ("minus", "'-' needs a number, and this is text"),
        ("day", "'>' mixes a number and text"),
        ("joined", "unknown table 'cities'"),
    ],
)
def test_columns_and_types_are_checked_as_check_does(query: str, said: str) -> None:
    asked = QUERIES.query(query)
    columns = (Column("shop", "string", "string"), Column("qty", "int", "int64"))
    with pytest.raises(WorkloadError, match=said):
        polars.write(asked, Schema(columns, 3))
    with pytest.raises(WorkloadError, match=said):
        polars.run(asked, FRAME)


def test_a_table_that_is_joined_is_given_by_name() -> None:
    cities: Any = {"shop": ["a", "b"], "city": ["x", "y"]}
    answer = polars.run(QUERIES.query("joined"), FRAME, cities=cities)
    assert sorted(answer.rows()) == [("x", 4), ("y", 2)]


def test_tasks_read_no_frame() -> None:
    (asked,) = read("random_walk").questions
    with pytest.raises(DfbenchError, match="asks for tasks, which read no frame"):
        polars.run(asked, FRAME)


ODD = {
    "k": ["a", "b"],
    "v": [1, 2],
    "lists": [[1], None],
    "structs": [{"a": 1}, None],
    "spans": pa.array([1, None], pa.duration("us")),
    "times": [dt.time(1), None],
    "bytes": [b"x", None],
}


@pytest.mark.parametrize("engine", ["pandas", "polars", "dask", "duckdb", "datatable", "narwhals"])
def test_columns_of_types_that_no_query_reads_are_not_loaded(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    pq.write_table(pa.table(ODD), path)
    text = "workload: w\ndataset: {files: odd.parquet}\nqueries:\n"
    text += "  q: {group_by: k, aggregate: {s: sum(v)}}\n"
    (query,) = read_text(text, "w.yaml", tmp_path).queries
    program = find(engine).write(query, read_schema(path))
    loaded = load_program(program).load(str(path))
    frame = loaded.table("data") if engine == "duckdb" else loaded
    names = frame.names if engine == "datatable" else frame.columns
    assert list(names) == ["k", "v"]
