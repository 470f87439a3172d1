"""The smallest memory that works: per engine and query, runs under ever nearer limits."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..engines.base import Program, Resources
from ..execution.executor import execute
from ..execution.job import Job
from ..execution.machine import SMALLEST_START
from ..spec.workload import Query, Tasks
from ..storage.folder import Folder, build_program_path, make_safe_name
from ..storage.records import Outcome, Run
from ..storage.trials import Trial, TrialCounts, append
from ..verification.agreement import compare_answer
from . import oracle
from .limit_search import MIB, TRIES, Bounds, choose_next_limit
from .observer import Observer
from .plan import Plan, list_unavailable, write_program

ROOM = 1.1  # times the unlimited peak: the first limit that is tried for an engine
RUNS = 2  # hot executions in each process
# A run that takes so much longer than without a limit does not finish, whatever it still does.
PATIENCE = 10.0
LEAST_PATIENCE = 30.0


@dataclass(slots=True)
class FloorSearch:
    """The searches of one workload, engine by engine; `trials` holds what is stored already."""

    plan: Plan
    path: Path
    observer: Observer
    most: int
    trials: list[Trial] = field(default_factory=list)

    def run(self) -> None:
        """Search for every engine and query, and store each trial as it ends."""
        absent = {(run.engine, run.query): run for run in list_unavailable(self.plan)}
        for engine in self.plan.engines:
            for query in self.plan.workload.questions:
                if run := absent.get((engine.name, query.name)):
                    self._keep_once(run)
                else:
                    self._search(engine.name, query)

    def _keep_once(self, run: Run) -> None:
        if not list(self._list_trials(run.engine, run.query)):
            self._keep(Trial(None, run))

    def _search(self, engine: str, query: Query | Tasks) -> None:
        """Run without a limit first: that gives the peak to begin at, and the time to compare."""
        while len(free := self._list_unlimited_runs(engine, query.name)) < TRIES:
            self._try(engine, query, None)
            if self._list_unlimited_runs(engine, query.name)[-1].outcome is not Outcome.OK:
                return
        if any(run.outcome is not Outcome.OK for run in free):
            return
        bounds = Bounds(self._guess(engine, query.name), SMALLEST_START, self.most)
        while (
            limit := choose_next_limit(
                TrialCounts.gather(self._list_trials(engine, query.name)), bounds
            )
        ) is not None:
            self._try(engine, query, limit)

    def _list_trials(self, engine: str, query: str) -> Iterator[Trial]:
        return (t for t in self.trials if (t.run.engine, t.run.query) == (engine, query))

    def _list_unlimited_runs(self, engine: str, query: str) -> list[Run]:
        return [trial.run for trial in self._list_trials(engine, query) if trial.limit is None]

    def _guess(self, engine: str, query: str) -> int:
        """Begin at this query's peak, and at what share of their peaks the earlier ones needed."""
        peak = max(run.memory.answering for run in self._list_unlimited_runs(engine, query))
        return int(peak * self._compute_share(engine))

    def _compute_share(self, engine: str) -> float:
        shares = []
        for query in self.plan.workload.questions:
            peak = max(
                (run.memory.answering for run in self._list_unlimited_runs(engine, query.name)),
                default=0,
            )
            high = TrialCounts.gather(self._list_trials(engine, query.name)).high
            if high and peak:
                shares.append(high / peak)
        return statistics.median(shares) if shares else ROOM

    def _try(self, engine: str, query: Query | Tasks, limit: int | None) -> None:
        count = sum(trial.limit == limit for trial in self._list_trials(engine, query.name)) + 1
        self.observer.start_trial(engine, query.name, _format_limit(limit))
        answer = self.path / f"{make_safe_name(engine)}-{make_safe_name(query.name)}.arrow"
        try:
            run = execute(self._build_job(engine, query, limit, count, answer), self.plan.backend)
            if limit is None and run.outcome is Outcome.OK:
                run = self._check_answer(run, query, answer)
        finally:
            answer.unlink(missing_ok=True)
        self._keep(Trial(limit, run))

    def _keep(self, trial: Trial) -> None:
        append(self.path, trial)
        self.trials.append(trial)

    def _check_answer(self, run: Run, query: Query | Tasks, answer: Path) -> Run:
        if not answer.exists():
            return run
        expected = oracle.find_answer(self.plan, query)
        if isinstance(expected, oracle.Unanswered):
            return run
        verdict = compare_answer(expected, answer, query, self.plan.data.rows)
        if verdict.agrees:
            return run
        return replace(run, outcome=Outcome.WRONG, evidence=verdict.reason)

    def _build_job(
        self, engine: str, query: Query | Tasks, limit: int | None, count: int, answer: Path
    ) -> Job:
        """Return the job of a trial; the program hears the limit in the engine's own way."""
        interpreter = self.plan.interpreters[engine]
        threads = self.plan.workload.limits.threads
        resources = Resources(threads, limit, interpreter.versions)
        program = write_program(
            self.plan.find_engine(engine), query, self.plan.data.schema, resources
        )
        assert isinstance(program, Program)
        return Job(
            engine=engine,
            query=query.name,
            round=count,
            python=interpreter.path,
            program=self._store_program(engine, query.name, limit, program),
            program_sha=program.sha,
            data=self.plan.data.path if self.plan.workload.queries else None,
            # Under a limit, the answer is finished and not handed over: that is not the engine's.
            answer=answer if limit is None else None,
            warmups=0,
            runs=RUNS,
            environment=self.plan.find_engine(engine).environment(resources),
            limits=replace(
                self.plan.workload.limits,
                memory=limit,
                time=self._format_seconds(engine, query.name),
            ),
            tables=self.plan.data.find_joins(query),
        )

    def _store_program(self, engine: str, query: str, limit: int | None, program: Program) -> Path:
        name = query if limit is None else f"{query}@{_format_limit(limit).replace(' ', '')}"
        Folder(self.path).write_program(engine, name, program.text)
        return self.path / build_program_path(engine, name)

    def _format_seconds(self, engine: str, query: str) -> float | None:
        asked = self.plan.workload.limits.time
        walls = [run.times.wall or 0.0 for run in self._list_unlimited_runs(engine, query)]
        if not walls:
            return asked
        patience = max(PATIENCE * max(walls), LEAST_PATIENCE)
        return patience if asked is None else min(asked, patience)


def _format_limit(limit: int | None) -> str:
    return "no limit" if limit is None else f"{limit / MIB:.0f} MiB"
