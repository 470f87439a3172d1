"""Constants in conditions, in lists of `in` and in dictionaries of `map`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from dfbench.engines import find
from dfbench.engines.interactive import load_program
from dfbench.spec.reader import read_text
from dfbench.spec.workload import Query
from dfbench.testing.fuzz.cases import Data
from dfbench.testing.fuzz.expectations import check_agreement
from dfbench.testing.fuzz.frames import Tables

ROWS = pa.table(
    {
        "k": ["a", None, "c"],
        "i": pa.array([1, 2, 3], pa.int64()),
        "n": pa.array([100, -128, None], pa.int8()),
        "x": pa.array([1.0, None, 2.5]),
        "b": pa.array([True, None, False]),
    }
)
DECIDED = [
    "{transform: {z: x > 1 or True}}",
    "{transform: {z: x > 1 and False}}",
    "{transform: {z: b and True}}",
    "{transform: {z: not True}}",
    "{transform: {z: True and False}}",
    "{transform: {z: 1 > 2 or b}}",
    "{transform: {z: 1 if True else 2}}",
    "{transform: {z: i if True else 2.5}}",
    "{transform: {z: \"'a' if False else k\"}}",
    "{transform: {z: 1 if b else (2 if False else 3)}}",
    "{where: x > 1 or True, transform: {z: i + 1}}",
    "{where: x > 1 and False, transform: {z: i + 1}}",
    "{aggregate: {z: sum(1 if True else 2)}}",
    "{group_by: k, aggregate: {z: count_if(x > 1 or True)}, having: z > 0 or True}",
    "{steps: [{transform: {z: n if True else 300}}, {transform: {w: z * 2}}]}",
]
NUMBERS = [
    "{transform: {z: 'x in [1, 2]'}}",
    "{transform: {z: 'x not in [1, 2.5]'}}",
    "{transform: {z: 'i in [1, 2.5]'}}",
    "{transform: {z: 'i not in [1.5]'}}",
    "{transform: {z: 'i / 2 in [1, 2]'}}",
    "{transform: {z: \"map(x, {1: 'a', 2.5: 'b'}, 'c')\"}}",
    "{transform: {z: \"map(i, {1.5: 'a', 2: 'b'}, 'c')\"}}",
    "{transform: {z: \"map(i, {1.5: 'a'}, 'c')\"}}",
    "{transform: {z: 'map(i, {1: 1, 2: 2.5}, 0)'}}",
    "{group_by: k, aggregate: {z: sum(x)}, having: 'z in [1]'}",
]


def read(query: str) -> Query:
    text = f"workload: w\ndataset: {{files: x.parquet}}\nqueries: {{q: {query}}}\n"
    return read_text(text, "w.yaml", Path()).queries[0]


def agree(engine: str, query: str, folder: Path) -> Any:
    """Return whether an engine's answer is that of plain Python."""
    asked, data = read(query), Data.of(Tables(ROWS), folder / "data")
    module: Any = load_program(find(engine).write(asked, data.schema))
    rows = module.rows(module.query(module.load(str(data.paths[0]))))
    answer = folder / "answer.arrow"
    with pa.OSFile(str(answer), "wb") as sink, pa.ipc.new_file(sink, rows.schema) as writer:
        writer.write_table(rows)
    return check_agreement(asked, data.tables, answer)


@pytest.mark.parametrize("query", DECIDED)
@pytest.mark.parametrize("engine", ["dask", "narwhals", "pandas"])
def test_conditions_that_constants_decide(engine: str, query: str, tmp_path: Path) -> None:
    verdict = agree(engine, query, tmp_path)
    assert verdict.agrees, verdict.reason


@pytest.mark.parametrize("query", NUMBERS)
@pytest.mark.parametrize("engine", ["polars", "narwhals", "duckdb"])
def test_lists_of_integers_and_floats(engine: str, query: str, tmp_path: Path) -> None:
    verdict = agree(engine, query, tmp_path)
    assert verdict.agrees, verdict.reason


@pytest.mark.parametrize("engine", ["pandas", "duckdb", "dask"])
def test_no_program_has_a_condition_that_is_always_true(engine: str, tmp_path: Path) -> None:
    data = Data.of(Tables(ROWS), tmp_path / "data")
    plain = find(engine).write(read("{transform: {z: i + 1}}"), data.schema)
    decided = find(engine).write(read("{where: x > 1 or True, transform: {z: i + 1}}"), data.schema)
    assert _read_code(decided.text) == _read_code(plain.text)


def _read_code(text: str) -> str:
    return text[text.index("def query") : text.index("def rows")]
