"""What the tests of apply share: a small frame, functions as a workload gives them, and runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from dfbench.datasets.parquet_schema import read_schema
from dfbench.engines import find
from dfbench.engines.base import Resources
from dfbench.execution.executor import execute
from dfbench.execution.job import Job
from dfbench.execution.limits import choose_backend
from dfbench.spec.document import Origin, Position
from dfbench.spec.limits import Limits
from dfbench.spec.row_functions import group_function, parse_row_function
from dfbench.spec.workload import Query, Tasks
from dfbench.storage.records import Run

MIB = 2**20


def frame(rows: int = 1000) -> pa.Table:
    """A is 0, 1, 2 …; B is A modulo 7; k has three groups; s is text."""
    numbers = list(range(rows))
    return pa.table(
        {
            "A": numbers,
            "B": [n % 7 for n in numbers],
            "k": [n % 3 for n in numbers],
            "s": [f"id{n % 4}" for n in numbers],
        }
    )


def rows_query(source: str) -> Query:
    origin = Origin("w.yaml", source)
    read = parse_row_function(source, "y", lambda offset: Position(origin, offset))
    return Query("q", "a question", apply=read.function)


def groups_query(source: str, *outputs: str) -> Query:
    origin = Origin("w.yaml", source)
    place = lambda offset: Position(origin, offset)  # noqa: E731
    function = group_function(source, outputs or ("y",), place)
    return Query("q", "a question", group_by=("k",), apply=function)


def tasks(source: str, count: int = 20, **arguments: int) -> Tasks:
    name = source.partition("def ")[2].partition("(")[0]
    return Tasks(name, source, count, tuple(arguments.items()))


def run(
    engine: str, query: Query | Tasks, folder: Path, table: pa.Table | None = None, time: float = 30
) -> Run:
    """Write the program and run it as a comparison does, in a process tree under limits."""
    data = folder / "data.parquet"
    pq.write_table(frame() if table is None else table, data)
    program = find(engine).write(query, read_schema(data), Resources(2))
    file = folder / "q.py"
    file.write_text(program.text)
    job = Job(
        engine=engine, query="q", round=1, python=sys.executable, program=file,
        program_sha=program.sha, data=None if isinstance(query, Tasks) else data,
        answer=folder / "answer.arrow", warmups=0, runs=0,
        environment=find(engine).environment(Resources(2)),
        limits=Limits(memory=600 * MIB, time=time, threads=2),
    )  # fmt: skip
    return execute(job, choose_backend())


def answer(folder: Path) -> pa.Table:
    return pa.ipc.open_file(folder / "answer.arrow").read_all()
