"""The rounds: every engine once on every query in seeded random order, each in a fresh process."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Protocol

from ..checking.agreement import agreement, judged
from ..checking.explaining import Verdict
from ..engines.base import Program
from ..running.executing import execute
from ..running.job import Job
from ..running.schedule import order
from ..spec.workload import Query, Tasks, Workload
from ..storing.folder import Folder, program_path
from ..storing.records import Agreement, Outcome, Run
from . import oracle
from .planning import Plan, not_run


class Listener(Protocol):
    """Hears how far a comparison is; it is never called while a run is timed."""

    def starting(self, engine: str, query: str, round_: int) -> None:
        """Hear that a run is about to start."""

    def finished(self, run: Run) -> None:
        """Hear how a run ended."""


@dataclass(slots=True)
class Rounds:
    """The rounds of one comparison; `done` holds what an earlier, interrupted one has stored."""

    plan: Plan
    folder: Folder
    listener: Listener
    done: frozenset[tuple[str, str, int]] = frozenset()
    costs: dict[tuple[str, str], float] = field(default_factory=dict)
    expected: dict[str, Path | None] = field(default_factory=dict)

    def run(self) -> None:
        """Run everything that is planned and not yet done, within the time budget."""
        began = monotonic()
        for record in not_run(self.plan):
            if (record.engine, record.query, record.round) not in self.done:
                self.folder.append(record)
        with tempfile.TemporaryDirectory(prefix="dfbench-answers-") as answers:
            for engine, query, round_ in self._order():
                if round_ == 1 or self._affordable(engine, query, monotonic() - began):
                    self._one(engine, query, round_, Path(answers))
            self._agreements(Path(answers))

    def _order(self) -> Iterator[tuple[str, str, int]]:
        measure = self.plan.workload.measure
        names = [engine.name for engine in self.plan.engines]
        queries = [query.name for query in self.plan.workload.questions]
        runnable = set(self.plan.runnable)
        for round_ in range(1, measure.rounds + 1):
            for engine, query in order(names, queries, round_, measure.seed):
                if (engine, query) in runnable and (engine, query, round_) not in self.done:
                    yield engine, query, round_

    def _affordable(self, engine: str, query: str, spent: float) -> bool:
        budget = self.plan.workload.measure.budget
        return budget is None or spent + self.costs.get((engine, query), 0.0) <= budget

    def _one(self, engine: str, query: str, round_: int, answers: Path) -> None:
        began = monotonic()
        self.listener.starting(engine, query, round_)
        path = answers / f"{round_}-{engine.replace('/', '-')}-{query}.arrow"
        run = execute(job(self.plan, self.folder, engine, query, round_, path), self.plan.backend)
        if run.outcome is Outcome.OK:
            run = _checked(run, self._verdict(query, path))
        self.folder.append(run)
        if round_ > 1:
            path.unlink(missing_ok=True)
        self.costs[engine, query] = monotonic() - began
        self.listener.finished(run)

    def _verdict(self, name: str, path: Path) -> Verdict:
        query = self.plan.workload.query(name)
        expected = self._expected(query) if path.exists() else None
        if expected is None:
            return Verdict(agrees=True, reason="the oracle cannot say this query")
        return judged(expected, path, query, self.plan.data.rows)

    def _expected(self, query: Query | Tasks) -> Path | None:
        """Ask the oracle once for each query: what it could not answer, it will not answer."""
        if query.name not in self.expected:
            self.expected[query.name] = oracle.answer(self.plan, query)
        return self.expected[query.name]

    def _agreements(self, answers: Path) -> None:
        for query in self.plan.workload.questions:
            found = agreed(self.plan, query, answers, self._expected)
            if found is not None:
                self.folder.append_agreement(found)


def agreed(
    plan: Plan,
    query: Query | Tasks,
    answers: Path,
    expect: Callable[[Query | Tasks], Path | None],
) -> Agreement | None:
    """Tell which engines gave the oracle's answer in the first round."""
    paths = {
        engine.name: path
        for engine in plan.engines
        if (path := answers / f"1-{engine.name.replace('/', '-')}-{query.name}.arrow").exists()
    }
    expected = expect(query) if paths else None
    if expected is None:
        return None
    named = oracle.oracle_name(query), expected
    judge = partial(judged, query=query, rows=plan.data.rows)
    return agreement(query.name, named, paths, judge)


def job(  # noqa: PLR0913 - a job has that many parts
    plan: Plan, folder: Folder, engine: str, query: str, round_: int, answer: Path
) -> Job:
    """Give the job of one run: the stored program, the data, the limits."""
    program = plan.programs[engine, query]
    assert isinstance(program, Program)
    measure = plan.workload.measure
    return Job(
        engine=engine,
        query=query,
        round=round_,
        python=sys.executable,
        program=folder.path / program_path(engine, query),
        program_sha=program.sha,
        data=plan.data.path if plan.workload.queries else None,
        answer=answer if _is_checked(plan.workload) else None,
        warmups=measure.warmups,
        runs=measure.runs,
        environment=plan.engine(engine).environment(plan.resources),
        limits=plan.workload.limits,
    )


def _is_checked(workload: Workload) -> bool:
    """Tell whether answers are compared: those of tasks need not be."""
    return workload.tasks is None or workload.tasks.verify != "none"


def _checked(run: Run, verdict: Verdict) -> Run:
    if verdict.agrees:
        return run
    return replace(run, outcome=Outcome.WRONG, evidence=verdict.reason)
