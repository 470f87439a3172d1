"""One session from a request and its workload to a stored, checked and reported comparison."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from ..capabilities import collect as probing
from ..engines import load_engines
from ..engines.base import Program
from ..errors import LimitError, ResultsError
from ..execution import limits, machine
from ..execution.executor import warm_page_cache
from ..report.comparison import Comparison
from ..report.progress import Silence
from ..report.rebuild import rebuild_report
from ..spec.reader import read_text
from ..spec.workload import Generated, Measure, Workload
from ..storage import trials
from ..storage.folder import Folder, StoredComparison, create, make_tenth_folder, reopen
from ..storage.folder import read as read_folder
from ..storage.lock import lock_folder
from ..storage.records import Head, Run
from ..storage.trials import Trial
from .memory_floor import FloorSearch
from .metadata import make_head
from .observer import Observer
from .plan import Plan, describe_versions, narrow
from .preparation import fit_memory, prepare, prepare_tenth
from .request import Request
from .rounds import Rounds
from .scaling import measures_probes, measures_secondary

CHECKED_ROWS = 10_000
CHECKED_TASKS = 200
SILENT = Silence()


@dataclass(frozen=True, slots=True)
class Session:
    """A plan, its folder with the head that is stored there, and who observes the runs."""

    plan: Plan
    folder: Folder
    head: Head
    observer: Observer

    @classmethod
    def create(cls, request: Request, plan: Plan, observer: Observer) -> Session:
        """Make the folder of a new comparison."""
        made = make_head(plan, format_command_line(), request.baseline)
        return cls(plan, create(request.results, made), made, observer)

    def run_rounds(self, stored: tuple[Run, ...] = ()) -> None:
        """Run what is planned and not yet stored."""
        self.prepare_rounds(stored).run()

    def prepare_rounds(self, stored: tuple[Run, ...] = ()) -> Rounds:
        """Store the programs, read the data once, and return the rounds to run."""
        _write_programs(self.folder, self.plan)
        if self.plan.data.rows:
            warm_page_cache(*self.plan.data.files)
        return Rounds(self.plan, self.folder, self.observer, stored, self.head.baseline)

    def run_secondary(
        self, request: Request, small: Plan | None, stored: StoredComparison | None
    ) -> None:
        """Run the same at a tenth of its size, and probe back-ends and libraries."""
        if not measures_secondary(self.plan.workload, self.plan.data.rows):
            return
        if small:
            below = make_head(small, self.head.command, self.head.baseline)
            session = Session(
                small, make_tenth_folder(self.folder.path, below), below, self.observer
            )
            session.run_rounds(stored.runs if stored else ())
        if not measures_probes(self.plan.workload, self.plan.data.rows):
            return
        threads, interpreters = self.plan.workload.limits.threads, self.plan.interpreters
        backend, cache = self.plan.backend, request.cache
        probing.collect(interpreters, self.folder, cache, backend, threads, self.observer)

    def finish(self) -> Comparison:
        """Write the table of runs and the reports."""
        self.folder.finish()
        return rebuild_report(self.folder.path)


def compare(request: Request, workload: Workload, observer: Observer = SILENT) -> Comparison:
    """Run a comparison, and return it, stored in a folder of its own and checked."""
    limits.clean_up()
    planned = prepare(request, workload, observer)
    small = prepare_tenth(request, planned, observer)
    session = Session.create(request, planned, observer)
    with lock_folder(session.folder.path):
        session.run_rounds()
        session.run_secondary(request, small, None)
        return session.finish()


def resume(path: Path, request: Request, observer: Observer = SILENT) -> Comparison:
    """Continue an interrupted comparison: the same plan without what is stored already.

    Raises ResultsError where the data, the limits, a version or a program has changed since, or
    another process is still running it.
    """
    limits.clean_up()
    with lock_folder(path):
        session, stored = reopen_session(path, request, observer)
        small = prepare_tenth(request, session.plan, observer)
        session.run_rounds(stored.runs)
        session.run_secondary(request, small, stored.tenth)
        return session.finish()


def reopen_session(
    path: Path, request: Request, observer: Observer
) -> tuple[Session, StoredComparison]:
    """Plan a stored comparison again; ResultsError where it would not be the same one."""
    stored = read_folder(path)
    request = _with_stored_backend(request, stored.head)
    planned = prepare(request, _read_stored_workload(stored.head, request), observer)
    _check_unchanged(planned, stored.head, path)
    _check_programs(planned, stored)
    return Session(planned, reopen(path), stored.head, observer), stored


def check(request: Request, workload: Workload, observer: Observer = SILENT) -> Comparison:
    """Run every program once on little data and check its answers; nothing is timed."""
    planned = prepare(request, _shrink_workload(workload), observer)
    session = Session.create(request, planned, observer)
    with lock_folder(session.folder.path):
        session.run_rounds()
        return session.finish()


def search_floor(request: Request, workload: Workload, observer: Observer = SILENT) -> Path:
    """Search for the smallest sufficient memory per engine and query; return the search's folder.

    Raises LimitError where no limit is enforced, or the machine's memory is unknown.
    """
    limits.clean_up()
    planned, most = _prepare_floor(request, workload, observer)
    made = make_head(planned, format_command_line(), request.baseline)
    made = replace(made, limits={**made.limits, "memory": "find", "most": most})
    path = create(request.results, made, trials.HEAD).path
    with lock_folder(path):
        _search(planned, path, observer, most, ())
    return path


def resume_floor(path: Path, request: Request, observer: Observer = SILENT) -> Path:
    """Continue an interrupted search for memory floors; return its folder.

    Raises ResultsError where the data, the limits or a version has changed since, or another
    process is still running it.
    """
    limits.clean_up()
    with lock_folder(path):
        stored = trials.read(path)
        request = _with_stored_backend(request, stored.head)
        workload = _read_stored_workload(stored.head, request)
        planned, most = _prepare_floor(request, workload, observer)
        _check_unchanged(planned, stored.head, path)
        _search(planned, path, observer, most, stored.trials)
    return path


def format_command_line() -> str:
    """Return the command line of this process, to be typed again."""
    name = Path(sys.argv[0]).name
    return shlex.join(["dfbench" if name in {"__main__.py", "dfbench"} else name, *sys.argv[1:]])


def _shrink_workload(workload: Workload) -> Workload:
    """Return a workload on little data, each program run once."""
    dataset = workload.dataset
    if isinstance(dataset, Generated):
        dataset = replace(dataset, rows=min(dataset.rows, CHECKED_ROWS))
    tasks = tuple(replace(t, count=min(t.count, CHECKED_TASKS)) for t in workload.tasks)
    once = Measure(rounds=1, warmups=0, runs=0, seed=workload.measure.seed)
    return replace(workload, dataset=dataset, tasks=tasks, measure=once)


def _prepare_floor(request: Request, workload: Workload, observer: Observer) -> tuple[Plan, int]:
    """Return the plan of a search, which sets no limit itself, and the largest limit to try."""
    workload, lowered = fit_memory(workload)
    machine.check_limits(workload.limits)
    for sentence in lowered:
        observer.warn(sentence)
    most = _find_largest_limit(workload.limits.memory)
    free = replace(workload, limits=replace(workload.limits, memory=None, find=False))
    planned = prepare(request, free, observer)
    if planned.backend.name == "none":
        raise LimitError("cannot search for a memory floor without an enforced limit")
    return planned, most


def _find_largest_limit(asked: int | None) -> int:
    """Return the largest limit of a search: what is asked for, else what the machine has."""
    usable, _ = machine.find_usable_memory()
    most = asked or usable
    if most is None:
        message = "the memory of this machine is unknown: give the largest limit with --memory"
        raise LimitError(message)
    return most


def _search(
    planned: Plan, path: Path, observer: Observer, most: int, stored: tuple[Trial, ...]
) -> None:
    if planned.data.rows:
        warm_page_cache(*planned.data.files)
    FloorSearch(planned, path, observer, most, list(stored)).run()


def _write_programs(folder: Folder, planned: Plan) -> None:
    for (engine, query), program in planned.programs.items():
        if isinstance(program, Program):
            folder.write_program(engine, query, program.text)


def _read_stored_workload(head: Head, request: Request) -> Workload:
    """Read the workload of a stored comparison as it was requested."""
    folder, known = Path(head.file).parent, tuple(load_engines())
    workload = read_text(
        head.source, head.file, folder, head.overrides, known, python=request.python
    )
    return narrow(workload, tuple(head.engines), tuple(head.queries))


def _with_stored_backend(request: Request, head: Head) -> Request:
    """Enforce limits as an interrupted comparison did, unless another backend is asked for."""
    backend = str(head.limits.get("backend") or "") or None
    return replace(request, backend=request.backend or backend)


def _check_unchanged(planned: Plan, head: Head, path: Path) -> None:
    """Raise ResultsError where resuming would mix two measurements in one comparison."""
    now = {n: describe_versions(i) for n, i in planned.interpreters.items()}
    changes = [
        ("data", head.dataset.get("name"), planned.data.name),
        ("limit", head.limits.get("backend"), planned.backend.name),
        *((f"version of {name}", head.engines[name], now[name]) for name in head.engines),
    ]
    for what, before, after in changes:
        if before != after:
            message = (
                f"{path}: its {what} was {_format_value(before)} "
                f"and is now {_format_value(after)}; start a new comparison, without --resume"
            )
            raise ResultsError(message)


def _check_programs(planned: Plan, stored: StoredComparison) -> None:
    """Raise ResultsError where dfbench writes another program now than it did then."""
    for (engine, query), text in stored.programs.items():
        program = planned.programs.get((engine, query))
        if not isinstance(program, Program) or program.text != text:
            message = (
                f"{stored.path}: the program of {engine} for {query} has changed; "
                "start a new comparison, without --resume"
            )
            raise ResultsError(message)


def _format_value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "nothing"
    return str(value)
