"""Every engine and variant gives the plain-Python oracle's answer to every case."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dfbench.checking.agreement import asked
from dfbench.checking.comparing import compare
from dfbench.checking.evaluation import aggregate
from dfbench.datasets.describing import schema_of
from dfbench.engines import engines, find
from dfbench.engines.base import Program, Resources
from dfbench.errors import Unsupported
from dfbench.provisioning import managing
from dfbench.provisioning.interpreters import Interpreter
from dfbench.running.warm import Warm

from .cases import CASES, FRAMES, Case
from .marks import MARKS, mark

# These run functions and tasks, and refuse a group-by in words; tests/test_apply.py holds them.
FUNCTIONS_ONLY = {
    "pandas+numpy",
    "polars/map_elements",
    "polars/numba",
    "serial",
    "multiprocessing",
    "futures-process",
    "futures-thread",
    "joblib",
    "joblib/threads",
    "loky",
    "numba",
    "ray",
}
# `make conformance` names engines of other environments; these are in none of the main one.
ELSEWHERE = {"cudf", "daft", "datafusion", "fireducks", "ibis", "polars/gpu", "pyspark"}
ASKED = os.environ.get("DFBENCH_CONFORMANCE", "").split()
NAMES = ASKED or [name for name in engines() if name not in FUNCTIONS_ONLY | ELSEWHERE]


@cache
def interpreter(engine: str) -> Interpreter:
    return managing.provider().interpreter(find(engine), lambda _: None)


def started(engine: str, folder: Path) -> Warm:
    """Start the one process for all cases of an engine; its programs lie in the folder."""
    switches = find(engine).environment(Resources(threads=2))
    return Warm(interpreter(engine).path, folder, switches)


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("frames")
    for name, table in FRAMES.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in FRAMES}


@pytest.fixture(scope="session")
def warm() -> Iterator[dict[str, Warm]]:
    running: dict[str, Warm] = {}
    yield running
    for process in running.values():
        process.end()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("engine", NAMES)
def test_answer_is_the_oracles(
    engine: str,
    case: Case,
    frames: dict[str, Path],
    warm: dict[str, Warm],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    assert not interpreter(engine).problem
    known = mark(engine, case.name) or mark(engine.partition("@")[0], case.name)
    program = written(engine, case, frames[case.frame])
    if isinstance(program, Unsupported):
        assert known, f"unsupported without a mark: {program}"
        assert known.how == "unsupported"
        return
    assert known is None or known.how != "unsupported", "it is supported now: remove the mark"
    # Workers of a cluster import the program by its name, so no two may share one.
    if engine not in warm or not warm[engine].alive:
        warm[engine] = started(engine, tmp_path_factory.mktemp("programs"))
    safe = f"{engine}_{case.name}".replace("/", "_").replace("+", "_")
    text = warm[engine].folder / f"{safe}.py"
    text.write_text(program.text)
    problem = warm[engine].answer(text, frames[case.frame], tmp_path / "answer.arrow")
    verdict = None if problem else agrees(case, tmp_path / "answer.arrow")
    if known:
        assert problem or not verdict.agrees, "it is right now: remove the mark"
        return
    assert problem is None, f"{problem}\n{program.text}"
    assert verdict.agrees, f"{verdict.reason}\n{verdict.rows}\n{program.text}"


@pytest.mark.parametrize("engine", sorted(FUNCTIONS_ONLY))
def test_an_engine_for_functions_refuses_a_group_by_in_words(
    engine: str, frames: dict[str, Path]
) -> None:
    case = next(case for case in CASES if case.name == "sum-plain")
    with pytest.raises(Unsupported) as refusal:
        find(engine).write(case.query(), schema_of(frames["plain"]))
    assert refusal.value.why


def written(engine: str, case: Case, frame: Path) -> Program | Unsupported:
    told = Resources(versions=interpreter(engine).versions)
    try:
        return find(engine).write(case.query(), schema_of(frame), told)
    except Unsupported as reason:
        return reason


def agrees(case: Case, path: Path) -> Any:
    query = case.query()
    rows = aggregate(query, FRAMES[case.frame].to_pylist())
    with pa.ipc.open_file(path) as answer:
        types = answer.schema
    columns = {name: array([row[name] for row in rows], types, name) for name in query.outputs}
    return compare(pa.table(columns), path, asked(query, FRAMES[case.frame].num_rows))


def array(values: list[Any], types: pa.Schema, name: str) -> pa.Array:
    """Give a column: numbers as floats as soon as one of them is no whole number.

    A column of nothing but missing values has no type of its own: it takes the answer's.
    """
    present = [value for value in values if value is not None]
    if not present:
        found = types.get_field_index(name)
        return pa.nulls(len(values), types.field(found).type if found >= 0 else pa.float64())
    if isinstance(present[0], (bool, str, dt.date)):
        return pa.array(values)
    whole = all(isinstance(value, int) for value in present)
    return pa.array(values, pa.int64() if whole else pa.float64())


def test_every_mark_is_of_a_case() -> None:
    for known in MARKS:
        assert any(mark(name, case.name) == known for name in engines() for case in CASES), known
