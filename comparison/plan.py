"""The plan of a comparison: everything that is known before the first run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..datasets.dataset import Dataset
from ..engines import find
from ..engines.base import Engine, Program, Resources
from ..engines.scan import SCAN
from ..environments.provider import Interpreter, find_current_interpreter
from ..errors import EngineError, Unsupported
from ..execution.limits import Backend
from ..spec.schema import Schema
from ..spec.workload import Query, Tasks, Workload
from ..storage.records import Outcome, Run


@dataclass(frozen=True, slots=True)
class Plan:
    """What will run where: each engine's program for each query, or why there is none."""

    workload: Workload
    data: Dataset
    backend: Backend
    answers: Path
    engines: tuple[Engine, ...]
    interpreters: Mapping[str, Interpreter]
    programs: Mapping[tuple[str, str], Program | Unsupported]

    @property
    def resources(self) -> Resources:
        """Return what each program may use."""
        return Resources(self.workload.limits.threads, self.workload.limits.memory)

    @property
    def runnable(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs of engine and query that have a program and an engine to run it."""
        pairs = ((e, q) for (e, q), p in self.programs.items() if isinstance(p, Program))
        return tuple((e, q) for e, q in pairs if not self.interpreters[e].problem)

    def find_engine(self, name: str) -> Engine:
        """Return the engine of a name."""
        return next(engine for engine in self.engines if engine.name == name)


def narrow(workload: Workload, engines: tuple[str, ...], queries: tuple[str, ...]) -> Workload:
    """Narrow a workload to some engines and queries; none means all of its own."""
    known = {query.name: query for query in workload.questions}
    for name in queries:
        if name not in known:
            message = f"{workload.name} has no query {name!r}; it has {', '.join(known)}"
            raise EngineError(message)
    asked = queries or tuple(known)
    return replace(
        workload,
        engines=engines or workload.engines,
        queries=tuple(query for query in workload.queries if query.name in asked),
        tasks=tuple(tasks for tasks in workload.tasks if tasks.name in asked),
    )


def expand_load_mode(engines: tuple[str, ...], load: str) -> tuple[str, ...]:
    """Return the engines of a load mode: each as it is, its scanning variant, or both."""
    if load == "memory":
        return engines
    if load == "scan":
        return tuple(map(_scan, engines))
    return tuple(dict.fromkeys(name for engine in engines for name in (engine, _scan(engine))))


def _scan(engine: str) -> str:
    base, at, version = engine.partition("@")
    return f"{base.removesuffix(SCAN)}{SCAN}{at}{version}"


def make_plan(
    workload: Workload,
    data: Dataset,
    backend: Backend,
    answers: Path,
    interpreters: Mapping[str, Interpreter] | None = None,
) -> Plan:
    """Write every program for the versions that run it; EngineError for an unknown engine.

    `answers` is the folder where the oracle keeps its own. Without `interpreters`, every engine
    runs in the one that runs dfbench.
    """
    engines = tuple(find(name) for name in dict.fromkeys(workload.engines))
    places = interpreters or {engine.name: find_current_interpreter(engine) for engine in engines}
    limits = workload.limits
    programs = {}
    for engine in engines:
        versions = places[engine.name].versions
        resources = Resources(limits.threads, limits.memory, versions)
        for query in workload.questions:
            programs[engine.name, query.name] = write_program(engine, query, data.schema, resources)
    return Plan(workload, data, backend, answers, engines, places, programs)


def write_program(
    engine: Engine, query: Query | Tasks, data: Schema, resources: Resources
) -> Program | Unsupported:
    """Write one program, or keep the engine's own words on why it cannot be said."""
    try:
        return engine.write(query, data, resources)
    except Unsupported as reason:
        return reason


def list_unavailable(plan: Plan) -> tuple[Run, ...]:
    """Return the records of what cannot run: not installed, or unsupported with the reason."""
    records = []
    for (name, query), program in plan.programs.items():
        problem = plan.interpreters[name].problem
        if problem:
            records.append(Run(name, query, 1, Outcome.NOT_INSTALLED, evidence=problem))
        elif isinstance(program, Unsupported):
            records.append(Run(name, query, 1, Outcome.UNSUPPORTED, evidence=str(program)))
    return tuple(records)


def describe_versions(interpreter: Interpreter) -> dict[str, str]:
    """Return an engine's versions and the Python that runs it, for the head of a report."""
    return {**interpreter.versions, "python": interpreter.python}
