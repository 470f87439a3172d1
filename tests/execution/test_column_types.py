"""Which types an engine holds: told by the loaded frame itself, in its library's own names."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.execution.column_types import MAX_CHARACTERS, describe_columns
from dfbench.report.context import list_column_types
from dfbench.spec.reader import read_text
from dfbench.storage.records import Outcome, Run

FRAME = pa.table(
    {
        "k": pa.array(["a", "b", "a"]).dictionary_encode(),
        "t": ["x", "y", "z"],
        "n": pa.array([1, 2, 3], pa.int32()),
        "y": [1.0, 2.0, 3.0],
    }
)
WORKLOAD = """
dataset: {files: frame.parquet}
queries:
  asked: {group_by: [k, t], aggregate: {n: sum(n), y: sum(y)}}
engines: [pandas]
"""
HELD = {
    "pandas": {"k": "str[pyarrow]", "t": "str[pyarrow]", "n": "int32", "y": "float64"},
    "polars": {
        "k": "Categorical",
        "t": "String",
        "n": "Int32",
        "y": "Float64",
    },
    "duckdb": {"k": "VARCHAR", "t": "VARCHAR", "n": "INTEGER", "y": "DOUBLE"},
    "datatable": {"k": "str32", "t": "str32", "n": "int32", "y": "float64"},
    "dask": {"k": "string[pyarrow]", "t": "string[pyarrow]", "n": "int32", "y": "float64"},
    "narwhals": {"k": "Categorical", "t": "String", "n": "Int32", "y": "Float64"},
    # A scan holds nothing: its query reads.
    "polars/scan": {},
}


@pytest.mark.parametrize("engine", HELD)
def test_what_a_program_loads_tells_its_types(engine: str, tmp_path: Path) -> None:
    path = tmp_path / "frame.parquet"
    pq.write_table(FRAME, path)
    (query,) = read_text(WORKLOAD, "workload.yaml", tmp_path).queries
    program = find(engine).write(query, read_schema(path), Resources(threads=2))
    names: dict[str, object] = {"__name__": "program"}
    exec(program.text, names)
    assert describe_columns((names["load"](str(path)),)) == HELD[engine]  # type: ignore[operator]


def test_tables_with_a_name_in_common_tell_both_types_and_long_ones_are_cut() -> None:
    one, other = pl.DataFrame({"k": [1]}), pl.DataFrame({"k": ["a"]})
    assert describe_columns((one, other, one)) == {"k": "Int64 and String"}
    long = pl.Series(["a"], dtype=pl.Enum(["a", "b" * 99]))
    (told,) = describe_columns((pl.DataFrame({"k": long}),)).values()
    assert len(told) == MAX_CHARACTERS


def test_a_report_tells_columns_by_their_types_and_engines_in_their_order() -> None:
    runs = [
        Run("b", "q1", 1, Outcome.OK, columns={"y": "float64", "k": "str"}),
        Run("a", "q1", 1, Outcome.OK, columns={"k": "String"}),
        Run("b", "q2", 1, Outcome.OK, columns={"x": "float64"}),
        Run("c", "q1", 1, Outcome.CRASHED),
    ]
    assert list_column_types(["a", "b", "c"], runs) == {
        "a": "String: k",
        "b": "str: k; float64: x, y",
    }
