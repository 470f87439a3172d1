"""An engine asked every case, in one warm process: what it answered, refused, or got wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ..checking.agreement import asked
from ..checking.comparing import compare
from ..checking.evaluation import aggregate
from ..checking.explaining import Verdict
from ..datasets.describing import schema_of
from ..engines import find
from ..engines.base import Engine, Program, Resources
from ..errors import Unsupported
from ..provisioning import managing
from ..provisioning.interpreters import Interpreter
from ..running.warm import Warm
from .cases import FRAMES, Case

TWO = Resources(threads=2)


@dataclass(frozen=True, slots=True)
class Result:
    """How an engine met a case, and why; `program` is the text that ran."""

    how: Literal["answered", "unsupported", "wrong"]
    why: str = ""
    program: str = ""


def interpreter(engine: Engine) -> Interpreter:
    """Give the interpreter that runs an engine, its environment made where it is not there yet."""
    return managing.provider().interpreter(engine, managing.tell)


def started(engine: str, folder: Path) -> Warm:
    """Start the one process for all cases of an engine; its programs lie in the folder."""
    found = find(engine)
    return Warm(interpreter(found).path, folder, found.environment(TWO))


def store(folder: Path) -> dict[str, Path]:
    """Write the frames as Parquet files; give each by its name."""
    for name, table in FRAMES.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in FRAMES}


@dataclass(slots=True)
class Answering:
    """One engine, the frames, and the process that is started by the first case it can say."""

    engine: str
    frames: dict[str, Path]
    folder: Path
    place: Interpreter = field(init=False)
    _warm: Warm | None = None

    def __post_init__(self) -> None:
        self.place = interpreter(find(self.engine))

    def result(self, case: Case) -> Result:
        """Ask a case and hold the answer against the oracle's."""
        program = self.written(case)
        if isinstance(program, Unsupported):
            return Result("unsupported", str(program))
        # Workers of a cluster import the program by its name, so no two may share one.
        safe = f"{self.engine}_{case.name}".translate(str.maketrans("/+@.-", "_____"))
        text, answer = self.folder / f"{safe}.py", self.folder / "answer.arrow"
        text.write_text(program.text)
        problem = self.warm().answer(text, self.frames[case.frame], answer)
        if problem:
            return Result("wrong", problem, program.text)
        verdict = agrees(case, answer)
        if verdict.agrees:
            return Result("answered", program=program.text)
        return Result("wrong", f"{verdict.reason}\n{verdict.rows}", program.text)

    def written(self, case: Case) -> Program | Unsupported:
        """Write the program for the versions that run it, or keep the engine's refusal."""
        told = Resources(versions=self.place.versions)
        try:
            return find(self.engine).write(case.query(), schema_of(self.frames[case.frame]), told)
        except Unsupported as reason:
            return reason

    def warm(self) -> Warm:
        """Give the process that answers: a new one where the last has died."""
        if self._warm is None or not self._warm.alive:
            self._warm = Warm(self.place.path, self.folder, find(self.engine).environment(TWO))
        return self._warm

    def end(self) -> None:
        """End the process, if one was started."""
        if self._warm is not None:
            self._warm.end()


@contextmanager
def answering(engine: str, folder: Path) -> Iterator[Answering]:
    """Give an engine to ask, and end its process afterwards."""
    asked = Answering(engine, store(folder), folder)
    try:
        yield asked
    finally:
        asked.end()


def agrees(case: Case, path: Path) -> Verdict:
    """Hold the answer in a file against the plain-Python oracle's."""
    query = case.query()
    rows = aggregate(query, FRAMES[case.frame].to_pylist())
    with pa.ipc.open_file(path) as answer:
        types = answer.schema
    columns = {name: _array([row[name] for row in rows], types, name) for name in query.outputs}
    return compare(pa.table(columns), path, asked(query, FRAMES[case.frame].num_rows))


def _array(values: list[Any], types: pa.Schema, name: str) -> pa.Array:
    """Give a column: numbers as floats as soon as one of them is no whole number.

    A column of nothing but missing values has no type of its own: it takes the answer's.
    """
    present = [value for value in values if value is not None]
    if not present:
        found = types.get_field_index(name)
        return pa.nulls(len(values), types.field(found).type if found >= 0 else pa.float64())
    if isinstance(present[0], bool | str | dt.date):
        return pa.array(values)
    whole = all(isinstance(value, int) for value in present)
    return pa.array(values, pa.int64() if whole else pa.float64())
