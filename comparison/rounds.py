"""The rounds: every engine once on every query in seeded random order, each in a fresh process."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from time import monotonic

from ..datasets.dataset import Dataset
from ..datasets.other_rows import make_other_rows
from ..engines.base import Program
from ..engines.own_program import DIVISION, OwnEngine
from ..engines.versions import find_scheduler
from ..engines.your_code import YourCode
from ..errors import Unsupported
from ..execution.executor import execute
from ..execution.job import Job, OtherData
from ..execution.schedule import shuffle_pairs
from ..spec.unpivot import count_rows_of_one
from ..spec.workload import YOURS, Query, Tasks
from ..storage.files import describe_unwritable
from ..storage.folder import Folder, build_program_path, make_safe_name
from ..storage.records import Agreement, Disagreement, Outcome, Phase, Run
from ..verification.agreement import (
    Expected,
    compare_answer,
    compare_unchecked,
    group_answers,
    group_unchecked,
)
from ..verification.differences import CheckResult
from ..verification.meanings import explain_difference
from . import oracle
from .budget import RunKey, choose_second_round, choose_whole_engines
from .observer import Observer
from .oracle import Unanswered
from .plan import Plan, list_unavailable
from .unparsed import explain_unparsed

ANSWERS = "answers"
SECOND = 2


@dataclass(slots=True)
class Rounds:
    """The rounds of one comparison; `stored` is what an earlier, interrupted one has measured.

    Answers lie in the comparison's folder until they are judged. Wrong ones stay until all have
    ended, also over an interruption: they are compared with one another. `beside` are the plans
    that the oracle answers in one process: this one on its data and on other rows, and those of the
    other points of a sweep.
    """

    plan: Plan
    folder: Folder
    observer: Observer
    stored: tuple[Run, ...] = ()
    baseline: str = ""
    runs: list[Run] = field(init=False)
    costs: dict[tuple[str, str], float] = field(init=False)
    expected: dict[str, Expected | Unanswered] = field(default_factory=dict)
    expected_other: dict[str, Expected | Unanswered] = field(default_factory=dict)
    other: Dataset | None = field(init=False, default=None)
    beside: Sequence[Plan] = field(init=False, default=())
    agreed: defaultdict[str, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    unparsed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.runs = list(self.stored)
        self.costs = {(run.engine, run.query): run.times.wall or 0.0 for run in self.stored}

    @property
    def answers(self) -> Path:
        """Return the folder of the answers that are not judged, or wrong."""
        return self.folder.path / ANSWERS

    def run(self) -> None:
        """Run everything that is planned and not yet stored, within the time budget."""
        began = monotonic() - sum(run.times.wall or 0.0 for run in self.stored)
        self.begin()
        measure = self.plan.workload.measure
        for round_, left in groupby(self.list_remaining(), key=itemgetter(2)):
            places = list(left)
            if measure.budget is not None and round_ > measure.least:
                places = self._fit(places, measure.budget - (monotonic() - began))
            for engine, query, _ in places:
                self.run_one(engine, query, round_)
        self.finish()

    def begin(self) -> None:
        """Store what cannot run, and count what is stored already."""
        self.answers.mkdir(exist_ok=True)
        if self.plan.workload.queries:
            self.other = make_other_rows(self.plan.data, self.plan.answers.parent)
        others = [replace(self.plan, data=self.other)] if self.other else []
        self.beside = (self.plan, *others)
        for record in list_unavailable(self.plan):
            if make_run_key(record) not in set(map(make_run_key, self.runs)):
                self._keep(record)
        planned = len(self.plan.runnable) * self.plan.workload.measure.rounds
        if stored := planned - sum(1 for _ in self.list_remaining()):
            self.observer.skip_runs(stored)

    def finish(self) -> None:
        """Compare the engines' answers, and forget them."""
        self._list_agreements()
        shutil.rmtree(self.answers)

    def _fit(self, places: Sequence[RunKey], seconds: float) -> list[RunKey]:
        """Return the runs of one round that fit into the seconds."""
        if places[0][2] != SECOND:
            return choose_whole_engines(places, self.costs, self.baseline, seconds)
        answered = {(run.engine, run.query) for run in self.runs if run.outcome is Outcome.OK}
        return choose_second_round(places, self.costs, answered, self.baseline, seconds)

    def list_remaining(self) -> Iterator[tuple[str, str, int]]:
        """Yield what is planned and not yet stored, in the order of an uninterrupted comparison."""
        measure = self.plan.workload.measure
        names = [engine.name for engine in self.plan.engines]
        queries = [query.name for query in self.plan.workload.questions]
        runnable, done = set(self.plan.runnable), set(map(make_run_key, self.runs))
        for round_ in range(1, measure.rounds + 1):
            for engine, query in shuffle_pairs(names, queries, round_, measure.seed):
                if (engine, query) in runnable and (engine, query, round_) not in done:
                    yield engine, query, round_

    def run_one(self, engine: str, query: str, round_: int) -> None:
        """Run an engine on a query in a process of its own, check its answer, and store the run."""
        began = monotonic()
        self.observer.start_run(engine, query, round_)
        path = self._answer(engine, query, round_)
        try:
            run = execute(self._build_job(engine, query, round_, path), self.plan.backend)
            run = _name_place(run, self.plan.programs[engine, query], self.folder)
            if _has_filled_disk(run):
                raise describe_unwritable(path, os.strerror(errno.ENOSPC))
            run = self._judge(self._name_text(run), path)
        except BaseException:
            _forget(path)
            raise
        finally:
            for file in (_name_other_answer(path), *_list_earlier_answers(path)):
                _forget(file)
        if not self._is_needed(run):
            _forget(path)
        self._keep(run)
        self.costs[engine, query] = monotonic() - began
        self.observer.finish_run(run)

    def _build_job(self, engine: str, query: str, round_: int, path: Path) -> Job:
        job = build_job(self.plan, self.folder, engine, query, round_, path)
        job = replace(job, every=True)
        # An external cluster may not see the cache of this machine.
        if self.other is None or job.answer is None or job.scheduler:
            return job
        asked = self.plan.workload.query(query)
        # A person's code may answer more than its rows have: all categories, all days.
        most = sys.maxsize if engine == YOURS else count_rows_of_one(asked)
        tables = self.other.find_joins(asked)
        other = OtherData(self.other.path, tables, _name_other_answer(path), self.other.rows, most)
        return replace(job, other=other)

    def _keep(self, run: Run) -> None:
        self.folder.append(run)
        self.runs.append(run)

    def _judge(self, run: Run, path: Path) -> Run:
        """Check the last answer of a run, those before, and its answer to other rows."""
        if run.outcome is Outcome.OK:
            run = _apply_check(run, self._find_verdict(run.query, path))
            if run.outcome is Outcome.WRONG:
                return run
            for earlier in _list_earlier_answers(path):
                run = _apply_check(run, self._judge_earlier(run.query, earlier, path))
            run = self._judge_other(run, _name_other_answer(path))
        if run.outcome is Outcome.WRONG:
            _forget(path)  # It is right: what is wrong is how the program came by it.
        return run

    def _judge_earlier(self, name: str, earlier: Path, last: Path) -> CheckResult:
        query = self.plan.workload.query(name)
        if isinstance(self._ask_oracle(query), Unanswered):
            verdict = compare_unchecked(last, earlier, query, self.plan.data.rows)
        else:
            verdict = self._find_verdict(name, earlier)
        execution = earlier.suffixes[-2].removeprefix(".")
        return replace(verdict, reason=f"execution {execution} of this process: {verdict.reason}")

    def _judge_other(self, run: Run, path: Path) -> Run:
        query = self.plan.workload.query(run.query)
        other = self.other
        if other is None or not path.exists():
            return run
        if query.name not in self.expected_other:
            plan = replace(self.plan, data=other)
            self.expected_other[query.name] = oracle.find_answer(plan, query, self.beside)
        expected = self.expected_other[query.name]
        if isinstance(expected, Unanswered):
            return run
        verdict = self._compare(expected, path, query, other)
        return _apply_check(run, replace(verdict, reason=f"on other rows: {verdict.reason}"))

    def _find_verdict(self, name: str, path: Path) -> CheckResult:
        query = self.plan.workload.query(name)
        if not path.exists():
            return CheckResult(agrees=True)
        expected = self._ask_oracle(query)
        if isinstance(expected, Unanswered):
            return CheckResult(agrees=True)
        return self._compare(expected, path, query, self.plan.data)

    def _compare(
        self, expected: Expected, path: Path, query: Query | Tasks, data: Dataset
    ) -> CheckResult:
        """Compare an answer, unless the same bytes have agreed in an earlier round."""
        if self.plan.workload.measure.rounds == 1:
            return compare_answer(expected, path, query, data.rows)
        digest = _digest(path)
        agreed = self.agreed[f"{query.name} {data.sha}"]
        if digest in agreed:
            return CheckResult(agrees=True)
        verdict = compare_answer(expected, path, query, data.rows)
        if verdict.agrees:
            agreed.add(digest)
        return verdict

    def _name_text(self, run: Run) -> Run:
        """Return a run that ended in its query with the text that its `parse` cannot read.

        What is lazy until it is collected, as in Modin, ends there.
        """
        if run.outcome is not Outcome.CRASHED or run.phase not in {Phase.QUERY, Phase.COLLECT}:
            return run
        why = self._explain_unparsed(self.plan.workload.query(run.query))
        return replace(run, evidence=f"{why} ({run.evidence})") if why else run

    def _explain_unparsed(self, query: Query | Tasks) -> str:
        if isinstance(query, Tasks):
            return ""
        if query.name not in self.unparsed:
            self.unparsed[query.name] = explain_unparsed(self.plan, query)
        return self.unparsed[query.name]

    def _ask_oracle(self, query: Query | Tasks) -> Expected | Unanswered:
        """Ask the oracle once for each query: what it could not answer, it will not answer."""
        if query.name not in self.expected:
            self.expected[query.name] = oracle.find_answer(self.plan, query, self.beside)
        return self.expected[query.name]

    def _list_agreements(self) -> None:
        for query in filter(_is_checked, self.plan.workload.questions):
            answered = [run for run in self.runs if run.query == query.name and _is_answered(run)]
            if answered:
                self.folder.append_agreement(
                    self._compare_with_oracle(query, self._ask_oracle(query), answered)
                )

    def _compare_with_oracle(
        self, query: Query | Tasks, expected: Expected | Unanswered, answered: list[Run]
    ) -> Agreement:
        """Return which engines always gave the oracle's answer, and how the others' differ."""
        if isinstance(expected, Unanswered):
            return self._compare_engines(query, expected.why, answered)
        wrong = {run.engine: run for run in reversed(answered) if run.outcome is Outcome.WRONG}
        kept = {engine: self._answer(*make_run_key(run)) for engine, run in wrong.items()}
        paths = {engine: path for engine, path in kept.items() if path.exists()}
        judge = partial(compare_answer, query=query, rows=self.plan.data.rows)
        name = oracle.describe_oracle(query)
        found = group_answers(query.name, (name, expected), paths, judge)
        agree = tuple(
            name
            for e in self.plan.engines
            if (name := e.name) not in wrong and _has_runs(name, answered)
        )
        lost = (Disagreement(e, run.evidence) for e, run in wrong.items() if e not in paths)
        differ = tuple(self._explain(query, one) for one in (*found.differ, *lost))
        return replace(found, agree=agree, differ=differ)

    def _explain(self, query: Query | Tasks, found: Disagreement) -> Disagreement:
        """Return a disagreement with the reason why a person's own code differs, if it is known."""
        program = self.plan.programs[found.engine, query.name]
        own = isinstance(self.plan.find_engine(found.engine), OwnEngine | YourCode)
        if not own or isinstance(program, Unsupported) or isinstance(query, Tasks):
            return found
        code = program.text.partition(DIVISION)[0]
        return replace(found, why=explain_difference(query, code, found.rows))

    def _compare_engines(self, query: Query | Tasks, why: str, answered: list[Run]) -> Agreement:
        """Return which engines gave one answer, where there is no oracle to say which is right."""
        first = {run.engine: self._answer(*make_run_key(run)) for run in reversed(answered)}
        paths = {engine: path for engine, path in first.items() if path.exists()}
        judge = partial(compare_unchecked, query=query, rows=self.plan.data.rows)
        return group_unchecked(query.name, why, paths, judge)

    def _is_needed(self, run: Run) -> bool:
        """Return whether a run's answer is compared once more when all have ended."""
        if run.outcome is Outcome.WRONG:
            return not self._was_wrong(run)
        unchecked = isinstance(self.expected.get(run.query), Unanswered)
        return unchecked and run.outcome is Outcome.OK and not self._has_answered(run)

    def _has_answered(self, run: Run) -> bool:
        return any(
            make_run_key(one)[:2] == make_run_key(run)[:2] and _is_answered(one)
            for one in self.runs
        )

    def _answer(self, engine: str, query: str, round_: int) -> Path:
        return self.answers / f"{make_safe_name(engine)}-{make_safe_name(query)}-{round_}.arrow"

    def _was_wrong(self, run: Run) -> bool:
        alike = (one for one in self.runs if make_run_key(one)[:2] == make_run_key(run)[:2])
        return any(one.outcome is Outcome.WRONG for one in alike)


def _name_place(run: Run, program: Program | Unsupported, folder: Folder) -> Run:
    """Return a run whose error is placed in the person's own file that the program comes from."""
    places = program.places if isinstance(program, Program) else ()
    if not places or run.outcome not in {Outcome.CRASHED, Outcome.NOT_INSTALLED}:
        return run
    file = (folder.path / build_program_path(run.engine, run.query)).absolute()
    numbers = re.findall(rf'File "{re.escape(str(file))}", line (\d+)', run.log)
    named = [places[int(n) - 1] for n in numbers if int(n) <= len(places)]
    place = next(filter(None, reversed(named)), "")
    return replace(run, evidence=f"{place}: {run.evidence}") if place else run


def _digest(answer: Path) -> bytes:
    with answer.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _name_other_answer(answer: Path) -> Path:
    return answer.with_suffix(".other.arrow")


def _list_earlier_answers(answer: Path) -> list[Path]:
    """Return the files of a process's answers before its last (see `execution.answer_files`)."""
    return sorted(answer.parent.glob(f"{glob.escape(answer.stem)}.[0-9]*.arrow"))


def _forget(answer: Path) -> None:
    for file in (answer, answer.with_name(f"{answer.name}.part")):
        file.unlink(missing_ok=True)


def _has_filled_disk(run: Run) -> bool:
    """Return whether the disk of the results was full, which says nothing of the engine."""
    return run.phase is Phase.COLLECT and f"[Errno {errno.ENOSPC}]" in run.evidence


def make_run_key(run: Run) -> tuple[str, str, int]:
    """Return what a run stands for: its engine, query and round."""
    return run.engine, run.query, run.round


def _is_answered(run: Run) -> bool:
    return run.outcome in {Outcome.OK, Outcome.WRONG}


def _has_runs(engine: str, runs: list[Run]) -> bool:
    return any(run.engine == engine for run in runs)


def build_job(  # noqa: PLR0913 - a job has that many parts
    plan: Plan, folder: Folder, engine: str, query: str, round_: int, answer: Path
) -> Job:
    """Return the job of one run: the stored program, the data, the limits."""
    program = plan.programs[engine, query]
    assert isinstance(program, Program)
    measure = plan.workload.measure
    return Job(
        engine=engine,
        query=query,
        round=round_,
        python=plan.interpreters[engine].path,
        program=folder.path / build_program_path(engine, query),
        program_sha=program.sha,
        data=plan.data.path if plan.workload.queries else None,
        answer=answer if _is_checked(plan.workload.query(query)) else None,
        warmups=measure.warmups,
        runs=measure.runs,
        environment=plan.find_engine(engine).environment(plan.resources),
        limits=plan.workload.limits,
        tables=plan.data.find_joins(plan.workload.query(query)),
        scheduler=find_scheduler(plan.find_engine(engine)),
        hidden=(plan.answers,),
        copies=program.copies,
    )


def _is_checked(question: Query | Tasks) -> bool:
    """Return whether answers are compared: those of tasks need not be."""
    return not isinstance(question, Tasks) or question.verify != "none"


def _apply_check(run: Run, verdict: CheckResult) -> Run:
    if verdict.agrees:
        return run
    return replace(run, outcome=Outcome.WRONG, evidence=verdict.reason)
