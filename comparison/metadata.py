"""The head of a comparison: what a reader needs to judge and to repeat it."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import metadata
from typing import Any

from ..execution import machine
from ..spec.schema import Column
from ..spec.workload import YOURS, Query, Tasks
from ..storage.records import Head
from .oracle import describe_oracle
from .plan import Plan, describe_versions
from .preflight import warn_cluster_limits
from .scaling import find_size_unit


def make_head(plan: Plan, command: str, baseline: str | None = None) -> Head:
    """Describe a plan as it stands before its first run."""
    workload = plan.workload
    names = [engine.name for engine in plan.engines]
    return Head(
        workload=workload.name,
        about=workload.about,
        source=workload.source,
        command=command,
        began=datetime.now(UTC).isoformat(timespec="seconds"),
        queries={query.name: query.question for query in workload.questions},
        engines={name: describe_versions(plan.interpreters[name]) for name in names},
        dataset=_describe_dataset(plan),
        limits=_describe_limits(plan),
        measure=_describe_measure(plan),
        machine=machine.describe(),
        baseline=baseline or _choose_baseline(_select_runnable(plan, names)),
        dfbench=metadata.version("dataframe-bench"),
        file=workload.file,
        overrides=dict(workload.overrides),
    )


def _select_runnable(plan: Plan, names: list[str]) -> list[str]:
    """Return the engines that will run at all: to one that is not installed nothing has a ratio."""
    able = {engine for engine, _ in plan.runnable}
    return [name for name in names if name in able] or names


def _choose_baseline(names: list[str]) -> str:
    """Return the person's own code, pandas, or Python itself for tasks, of whichever version."""
    for known in (YOURS, f"{YOURS}/scan", "pandas", "pandas/scan", "serial"):
        if found := [name for name in names if name.partition("@")[0] == known]:
            return found[0]
    return names[0]


def _describe_dataset(plan: Plan) -> dict[str, Any]:
    data = plan.data
    columns = {column.name: _describe_column(column) for column in data.schema.columns}
    known = {"name": data.name, "rows": data.rows, "bytes": data.bytes, "columns": columns}
    tables = {name: {"rows": t.rows, "bytes": t.bytes} for name, t in data.tables}
    return {**known, "tables": tables} if tables else known


def _describe_column(column: Column) -> str:
    return f"{column.arrow}, some missing" if column.missing else column.arrow


def _describe_limits(plan: Plan) -> dict[str, Any]:
    limits = plan.workload.limits
    held = {"backend": plan.backend.name, "promise": plan.backend.promise}
    clusters = {"clusters": "; ".join(warned)} if (warned := warn_cluster_limits(plan)) else {}
    own = {"memory": limits.memory, "time": limits.time, "threads": limits.threads}
    checking = {"checking": limits.checking} if limits.checking else {}
    return {**own, **checking, **held, **clusters}


def _describe_measure(plan: Plan) -> dict[str, Any]:
    measure = plan.workload.measure
    return {
        "rounds": measure.rounds,
        "warmups": "until level" if measure.warmups is None else measure.warmups,
        "runs": measure.runs,
        "budget": measure.budget,
        "seed": measure.seed,
        "load": measure.load,
        "sizes": {
            question.name: _measure_size(plan, question) for question in plan.workload.questions
        },
        "units": {question.name: find_size_unit(question) for question in plan.workload.questions},
        "planned": len(plan.runnable) * (measure.least if measure.budget else measure.rounds),
        "oracle": ", ".join(dict.fromkeys(map(describe_oracle, plan.workload.questions))),
    }


def _measure_size(plan: Plan, question: Query | Tasks) -> int:
    return question.count if isinstance(question, Tasks) else plan.data.rows
