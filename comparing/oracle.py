"""The oracle: DuckDB's answers on the same Parquet, run once and kept beside the data."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from ..engines import find, versions
from ..engines.base import Program
from ..errors import DfbenchError
from ..running.executing import execute
from ..running.job import Job
from ..running.limits import choose
from ..spec.workload import Limits, Query
from ..storing.records import Outcome
from .planning import Plan, written

ORACLE = "duckdb"


def oracle_name() -> str:
    """Give the oracle with its version, for reports."""
    return f"{ORACLE} {versions(find(ORACLE)).get(ORACLE, '')}".strip()


def answer(plan: Plan, query: Query) -> Path | None:
    """Give the oracle's answer to a query as an Arrow file; None where the oracle cannot say it.

    The answer is kept in the data's folder under the program's hash, so that it is asked once.
    """
    program = written(find(ORACLE), query, plan.data, replace(plan.resources, memory=None))
    if not isinstance(program, Program):
        return None
    folder = plan.data.path.parent / "answers"
    version = versions(find(ORACLE)).get(ORACLE, "")
    kept = folder / f"{plan.data.sha}-{program.sha}-{version}.arrow"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _asked(plan, query.name, program, kept)
    return kept


def _asked(plan: Plan, query: str, program: Program, kept: Path) -> None:
    text, fresh = (kept.with_suffix(f".{os.getpid()}.{suffix}") for suffix in ("py", "arrow"))
    text.write_text(program.text)
    try:
        limits = Limits(memory=None, time=None, threads=plan.workload.limits.threads)
        run = execute(_job(plan, query, program, text, fresh, limits), choose("none"))
        if run.outcome is not Outcome.OK:
            message = f"the oracle ({oracle_name()}) did not answer {query}: {run.evidence}"
            raise DfbenchError(message)
        fresh.replace(kept)
    finally:
        text.unlink(missing_ok=True)
        fresh.unlink(missing_ok=True)


def _job(  # noqa: PLR0913 - a job has that many parts
    plan: Plan, query: str, program: Program, text: Path, fresh: Path, limits: Limits
) -> Job:
    return Job(
        engine=ORACLE,
        query=query,
        round=0,
        python=sys.executable,
        program=text,
        program_sha=program.sha,
        data=plan.data.path,
        answer=fresh,
        warmups=0,
        runs=0,
        environment=find(ORACLE).environment(plan.resources),
        limits=limits,
    )
