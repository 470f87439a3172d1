"""The oracle: DuckDB's answers on the same data, and Python's own where a function is the user's.

Each is run once and kept beside the data.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import replace
from pathlib import Path

from ..engines import find, versions
from ..engines.base import Program
from ..errors import DfbenchError
from ..execution.executor import execute
from ..execution.job import Job
from ..execution.limits import choose_backend
from ..spec.workload import GroupFunction, Limits, Query, RowFunction, Tasks
from ..storage.records import Outcome, Run
from .plan import Plan, write_program

SQL = "duckdb"
PYTHON = "serial"


def choose_oracle(query: Query | Tasks) -> str:
    """Name the engine whose answer counts: Python itself for the user's own functions."""
    match query:
        case Tasks() | Query(apply=GroupFunction()):
            return PYTHON
        case Query(apply=RowFunction(source=str())):
            return PYTHON
        case _:
            return SQL


def describe_oracle(query: Query | Tasks) -> str:
    """Return the oracle with its version, for reports."""
    return _told(choose_oracle(query))


def _told(oracle: str) -> str:
    if oracle == PYTHON:
        return f"Python {platform.python_version()}"
    return f"{oracle} {versions(find(oracle)).get(oracle, '')}".strip()


def find_answer(plan: Plan, query: Query | Tasks) -> Path | None:
    """Return the oracle's answer as an Arrow file; None where it cannot say it, or Python raised.

    The answer is kept in the data's folder under the program's hash, so that it is asked once.
    """
    oracle = choose_oracle(query)
    program = write_program(
        find(oracle), query, plan.data.schema, replace(plan.resources, memory=None)
    )
    if not isinstance(program, Program):
        return None
    folder = plan.data.path.parent / "answers"
    version = _told(oracle).rpartition(" ")[2]
    kept = folder / f"{plan.data.sha}-{program.sha}-{version}.arrow"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _asked(plan, query, program, kept)
    return kept if kept.exists() else None


def _asked(plan: Plan, query: Query | Tasks, program: Program, kept: Path) -> None:
    text, fresh = (kept.with_suffix(f".{os.getpid()}.{suffix}") for suffix in ("py", "arrow"))
    text.write_text(program.text)
    try:
        run = _run(plan, query, program, text, fresh)
        if run.outcome is Outcome.OK:
            fresh.replace(kept)
        elif choose_oracle(query) == SQL:
            message = f"the oracle ({describe_oracle(query)}) did not answer {query.name}"
            raise DfbenchError(f"{message}: {run.evidence}")
    finally:
        text.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)


def _run(plan: Plan, query: Query | Tasks, program: Program, text: Path, fresh: Path) -> Run:
    """Run without limits, but for the user's own code: that may never end, or take everything."""
    if choose_oracle(query) == PYTHON:
        limits = plan.workload.limits
        return execute(_job(plan, query, program, text, fresh, limits), plan.backend)
    limits = Limits(memory=None, time=None, threads=plan.workload.limits.threads)
    return execute(_job(plan, query, program, text, fresh, limits), choose_backend("none"))


def _job(  # noqa: PLR0913 - a job has that many parts
    plan: Plan, query: Query | Tasks, program: Program, text: Path, fresh: Path, limits: Limits
) -> Job:
    oracle = choose_oracle(query)
    return Job(
        engine=oracle,
        query=query.name,
        round=0,
        python=sys.executable,
        program=text,
        program_sha=program.sha,
        data=None if isinstance(query, Tasks) else plan.data.path,
        answer=fresh,
        warmups=0,
        runs=0,
        environment=find(oracle).environment(plan.resources),
        limits=limits,
        tables=plan.data.joins(query),
    )
