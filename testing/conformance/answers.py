"""Runs the cases of the suite on an engine in one warm process, and checks each answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from ...datasets.parquet_schema import find_kind, read_schema
from ...engines import find
from ...engines.base import Engine, Program, Resources
from ...engines.writing.program import skip_formatting
from ...environments.provider import Interpreter, build_local_provider, print_progress
from ...errors import Unsupported
from ...execution.warm_process import FORGED, WarmProcess
from ...spec.reader import check_query
from ...spec.schema import Column, Schema
from ...spec.workload import Query
from ...verification.agreement import derive_requirements
from ...verification.answers import compare_answers
from ...verification.differences import CheckResult
from ...verification.python_answers import answer_steps, build_column
from .cases import ConformanceCase
from .frames import FRAMES, SOLD, TABLES

TWO_THREADS = Resources(threads=2)
STORED = FRAMES | SOLD | TABLES


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The outcome of a case, with the reason; `program` is the text that ran."""

    outcome: Literal["answered", "unsupported", "wrong"]
    reason: str = ""
    program: str = ""


def find_interpreter(engine: Engine) -> Interpreter:
    """Return the interpreter that runs an engine, and create its environment where it has one."""
    return build_local_provider().provide_interpreter(engine, print_progress)


def start_process(engine: str, folder: Path) -> WarmProcess:
    """Start one process for all cases of an engine, whose programs are written into the folder."""
    found = find(engine)
    variables = found.environment(TWO_THREADS)
    if engine.startswith("modin"):
        # The workers of the first program serve all others: their texts are those of pandas 3.
        variables = {**variables, "PANDAS_FUTURE_INFER_STRING": "1"}
    return WarmProcess(find_interpreter(found).path, folder, variables)


def write_frames(folder: Path) -> dict[str, Path]:
    """Write the frames and tables as Parquet files, and return each file by its frame's name."""
    files = {name: folder / f"{name}.parquet" for name in STORED}
    for name, path in files.items():
        pq.write_table(STORED[name], path)
    return files


@dataclass(slots=True)
class CaseRunner:
    """One engine, the frames, and the process, which the first supported case starts."""

    engine: str
    frames: dict[str, Path]
    folder: Path
    place: Interpreter = field(init=False)
    _process: WarmProcess | None = None
    _forged: bool = False

    def __post_init__(self) -> None:
        self.place = find_interpreter(find(self.engine))

    def run(self, case: ConformanceCase) -> CaseResult:
        """Run a case and compare its answer with the oracle's."""
        program = self.write_program(case)
        if isinstance(program, Unsupported):
            return CaseResult("unsupported", str(program))
        answer = self.folder / "answer.arrow"
        if problem := self._answer(case, program, answer):
            return CaseResult("wrong", problem, program.text)
        verdict = check_answer(case, answer)
        if verdict.agrees:
            return CaseResult("answered", program=program.text)
        return CaseResult("wrong", f"{verdict.reason}\n{verdict.rows}", program.text)

    def _answer(self, case: ConformanceCase, program: Program, answer: Path) -> str | None:
        """Run a case and write its answer; return its error. After a forged reply, none is run."""
        if self._forged:
            return FORGED
        tables = [self.frames[name] for name in case.query().tables]
        file = self._write_file(program)
        problem = self._ensure_process().answer(file, self.frames[case.frame], answer, *tables)
        self._forged = problem == FORGED
        return problem

    def write_program(self, case: ConformanceCase) -> Program | Unsupported:
        """Write the program for the versions that run it, or return the engine's refusal.

        It is not formatted: that takes longer than all the rest, and the golden tests show it.
        """
        resources = Resources(versions=self.place.versions)
        try:
            with skip_formatting():
                return find(self.engine).write(
                    case.query(), read_case_schema(case, self.frames), resources
                )
        except Unsupported as reason:
            return reason

    def close(self) -> None:
        """End the process, if one was started."""
        if self._process is not None:
            self._process.end()

    def _write_file(self, program: Program) -> Path:
        """Write a program under a name of its own: a cluster's workers import it by that.

        Programs that mean the same share the file, and with it what the process compiled for it.
        """
        slug = self.engine.translate(str.maketrans("/+@.-", "_____"))
        path = self.folder / f"{slug}_{program.sha}.py"
        if not path.exists():
            path.write_text(program.text)
        return path

    def _ensure_process(self) -> WarmProcess:
        """Return the process, a new one where the last has died."""
        if self._process is None or not self._process.alive:
            self._process = start_process(self.engine, self.folder)
        return self._process


@contextmanager
def open_runner(engine: str, folder: Path) -> Iterator[CaseRunner]:
    """Yield a runner of cases on an engine, and end its process afterwards."""
    runner = CaseRunner(engine, write_frames(folder), folder)
    try:
        yield runner
    finally:
        runner.close()


def check_answer(case: ConformanceCase, path: Path) -> CheckResult:
    """Compare the answer in a file with the plain-Python oracle's."""
    query, rows = _compute_expected_rows(case)
    with pa.ipc.open_file(path) as answer:
        types = answer.schema
    columns = {
        name: build_column([row[name] for row in rows], types, name) for name in query.outputs
    }
    return compare_answers(
        pa.table(columns), path, derive_requirements(query, STORED[case.frame].num_rows)
    )


@cache
def _compute_expected_rows(case: ConformanceCase) -> tuple[Query, list[dict[str, object]]]:
    query = case.query()
    if query.whole and not query.tables:  # its columns are those of the frame
        columns = (
            Column(field.name, find_kind(field.type) or "null", str(field.type))
            for field in STORED[case.frame].schema
        )
        query = check_query(query, Schema(tuple(columns), STORED[case.frame].num_rows))
    return answer_steps(query, STORED[case.frame], {name: STORED[name] for name in query.tables})


def read_case_schema(case: ConformanceCase, files: dict[str, Path]) -> Schema:
    """Return the columns of a case's frame, and of the tables beside it."""
    tables = tuple((name, _cached_schema(files[name])) for name in TABLES)
    return replace(_cached_schema(files[case.frame]), tables=tables)


_cached_schema = cache(read_schema)
