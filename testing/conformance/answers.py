"""An engine asked every case, in one warm process: what it answered, refused, or got wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ...datasets.parquet_schema import read_schema
from ...engines import find
from ...engines.base import Engine, Program, Resources
from ...environments.provider import Interpreter, build_local_provider, print_progress
from ...errors import Unsupported
from ...execution.warm_process import WarmProcess
from ...spec.schema import Schema
from ...verification.agreement import derive_requirements
from ...verification.answers import compare_answers
from ...verification.differences import CheckResult
from ...verification.evaluation import answer_query
from ...verification.python_answers import build_column, prepare_rows
from .cases import FRAMES, SOLD, TABLES, Case

TWO = Resources(threads=2)
STORED = FRAMES | SOLD | TABLES


@dataclass(frozen=True, slots=True)
class Result:
    """How an engine met a case, and why; `program` is the text that ran."""

    how: Literal["answered", "unsupported", "wrong"]
    why: str = ""
    program: str = ""


def interpreter(engine: Engine) -> Interpreter:
    """Return the interpreter that runs an engine, its environment made where it is not there yet."""
    return build_local_provider().interpreter(engine, print_progress)


def started(engine: str, folder: Path) -> WarmProcess:
    """Start the one process for all cases of an engine; its programs lie in the folder."""
    found = find(engine)
    return WarmProcess(interpreter(found).path, folder, found.environment(TWO))


def store(folder: Path) -> dict[str, Path]:
    """Write the frames and tables as Parquet files; give each by its name."""
    files = {name: folder / f"{name}.parquet" for name in STORED}
    for name, path in files.items():
        pq.write_table(STORED[name], path)
    return files


@dataclass(slots=True)
class Answering:
    """One engine, the frames, and the process that is started by the first case it can say."""

    engine: str
    frames: dict[str, Path]
    folder: Path
    place: Interpreter = field(init=False)
    _warm: WarmProcess | None = None

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
        join = case.query().join
        tables = [self.frames[join.table]] if join else []
        problem = self.warm().answer(text, self.frames[case.frame], answer, *tables)
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
            return find(self.engine).write(case.query(), schema(case, self.frames), told)
        except Unsupported as reason:
            return reason

    def warm(self) -> WarmProcess:
        """Return the process that answers: a new one where the last has died."""
        if self._warm is None or not self._warm.alive:
            self._warm = WarmProcess(
                self.place.path, self.folder, find(self.engine).environment(TWO)
            )
        return self._warm

    def end(self) -> None:
        """End the process, if one was started."""
        if self._warm is not None:
            self._warm.end()


@contextmanager
def answering(engine: str, folder: Path) -> Iterator[Answering]:
    """Return an engine to ask, and end its process afterwards."""
    asked = Answering(engine, store(folder), folder)
    try:
        yield asked
    finally:
        asked.end()


def agrees(case: Case, path: Path) -> CheckResult:
    """Hold the answer in a file against the plain-Python oracle's."""
    join = case.query().join
    query, rows = prepare_rows(
        case.query(), STORED[case.frame], STORED[join.table] if join else None
    )
    rows = answer_query(query, rows)
    with pa.ipc.open_file(path) as answer:
        types = answer.schema
    columns = {
        name: build_column([row[name] for row in rows], types, name) for name in query.outputs
    }
    return compare_answers(
        pa.table(columns), path, derive_requirements(query, STORED[case.frame].num_rows)
    )


def schema(case: Case, files: dict[str, Path]) -> Schema:
    """Return the columns of a case's frame, and of the tables beside it."""
    tables = tuple((name, read_schema(files[name])) for name in TABLES)
    return replace(read_schema(files[case.frame]), tables=tables)
