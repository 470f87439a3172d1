"""Texts that engines read as different numbers, such as `1e400` and `1_000`: found in the data."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from dfbench.datasets.dataset import make_dataset
from dfbench.datasets.number_texts import learn_number_texts
from dfbench.engines import find
from dfbench.errors import Unsupported
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Schema
from dfbench.spec.workload import Query
from pyarrow import parquet as pq

FRAME = pa.table(
    {
        "plain": ["1.5", "x", None, "1e300", "inf", "nan"],
        "beyond": ["1.5", "x", None, "1e400", "inf", "nan"],
        "long": ["1", "x", None, "9" * 400, "", "-1E+309"],
        "grouped": ["1_000", "a_b", None, "2", "", ""],
        "listed": ["a,1e400", "b,2", None, "c,3", "1e400,d", ""],
        "unread": ["1e400", "1_000", None, "", "", ""],
    }
)
TEXT = """\
dataset: {files: frame.parquet}
queries:
  plain: {transform: {a: number(plain), b: len(unread)}}
  beyond: {transform: {a: number(beyond)}}
  long: {transform: {a: number(long)}}
  grouped: {transform: {a: number(grouped)}}
  joined: {transform: {a: "number(plain + 'e400')"}}
  listed: {derive: {part: "split(listed, ',')[1]"}, transform: {a: number(part)}}
"""


@pytest.fixture
def learnt(tmp_path: Path) -> tuple[Schema, dict[str, Query]]:
    pq.write_table(FRAME, tmp_path / "frame.parquet")
    workload = read_text(TEXT, "numbers.yaml", tmp_path)
    assert workload.dataset
    data = make_dataset(workload.dataset, tmp_path / "cache")
    schema = learn_number_texts(data, workload.queries).schema
    return schema, {query.name: query for query in workload.queries}


def test_odd_numbers_are_learnt_of_what_is_read_as_numbers(
    learnt: tuple[Schema, dict[str, Query]],
) -> None:
    found = {column.name: column.odd_numbers for column in learnt[0].columns}
    beyond = frozenset({"infinite"})
    assert found.pop("unread") == {"infinite", "underscored"}  # some query reads it beside a number
    assert found.pop("grouped") == {"underscored"}
    assert found.pop("plain") == frozenset()
    assert found == dict.fromkeys(("beyond", "long", "listed"), beyond)


@pytest.mark.parametrize("engine", ["pandas", "dask", "modin"])
def test_pandas_says_which_numbers_it_misses(
    engine: str, learnt: tuple[Schema, dict[str, Query]]
) -> None:
    schema, queries = learnt
    for name in ("beyond", "long", "listed", "joined"):
        with pytest.raises(Unsupported, match="1e400"):
            find(engine).write(queries[name], schema)
    for name in ("plain", "grouped"):
        find(engine).write(queries[name], schema)


def test_duckdb_reads_no_number_with_underscores(
    learnt: tuple[Schema, dict[str, Query]],
) -> None:
    schema, queries = learnt
    program = find("duckdb").write(queries["grouped"], schema).text
    assert "CASE WHEN NOT contains(grouped, '_')" in program
    assert "contains" not in find("duckdb").write(queries["plain"], schema).text
    case = "CASE WHEN NOT contains(grouped, '_') THEN TRY_CAST(grouped AS DOUBLE) END"
    texts = FRAME.select(["grouped"])
    found = duckdb.from_arrow(texts).project(f"{case} AS a").fetchall()
    assert found == [(None,), (None,), (None,), (2.0,), (None,), (None,)]
