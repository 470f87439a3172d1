"""The whole flow: read, make data, write programs, run under limits, check, store, render."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..capabilities import collect as probing
from ..datasets.cache import default_folder
from ..datasets.dataset import Dataset, make_dataset, make_placeholder
from ..engines import FRAMES, POOLS, engines, find, usual
from ..engines.base import Program
from ..environments.provider import Provider
from ..errors import DataError, LimitError, ResultsError
from ..execution import limits, machine
from ..execution.executor import warm_page_cache
from ..report.comparison import Comparison
from ..report.progress import Progress, Silence
from ..report.rebuild import reported
from ..spec.reader import check_columns, read, read_text
from ..spec.workload import Files, Generated, Measure, Workload
from ..storage import trials
from ..storage.folder import Folder, StoredComparison, create, inside, reopen
from ..storage.folder import read as read_folder
from ..storage.records import Head, Run
from .memory_floor import Floors
from .metadata import head
from .plan import Plan, chosen, loading, plan, told_versions
from .preflight import foretold
from .rounds import Rounds
from .scaling import beside, tenth

CHECKED_ROWS = 10_000
CHECKED_TASKS = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks over a workload file: the choices of a command line.

    `overrides` are dotted paths with the value as text (`dataset.rows`: `1e6`); `engines` and
    `queries` narrow the workload, and none means all of its own. Without `python`, each `def` of
    the workload is a mistake. `isolate` gives every engine its newest version, in an environment
    of its own; `interpreter` is that of the engines that name none.
    """

    workload: str | Path
    engines: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    results: Path = Path("results")
    backend: str | None = None
    baseline: str | None = None
    python: bool = True
    isolate: bool = False
    interpreter: str = ""
    cache: Path = field(default_factory=lambda: default_folder(os.environ))

    def read(self) -> Workload:
        """Read the workload, narrowed to what is asked for."""
        names = tuple(engines())
        workload = read(self.workload, self.overrides, names, python=self.python)
        kept = chosen(workload, self.engines, self.queries)
        asked = kept.engines or usual(POOLS if kept.tasks else FRAMES)
        versions = self.provider.resolved(asked, isolate=self.isolate, python=self.interpreter)
        # Tasks read no file, whichever way.
        named = versions if kept.tasks else loading(versions, kept.measure.load)
        return replace(kept, engines=named)

    @property
    def provider(self) -> Provider:
        """Return what finds or makes the engines' environments."""
        return Provider(self.cache, os.environ.get("PATH", os.defpath), Path.home())


def compare(request: Request, progress: Progress | Silence | None = None) -> Comparison:
    """Run a comparison and give it back, stored in a folder of its own and checked."""
    limits.clean_up()
    told = progress or Silence()
    planned = prepare(request, request.read(), told)
    small = smaller(request, planned, told)
    folder = _opened(planned, request)
    _run(planned, folder, told)
    _beside(request, planned, small, folder, told)
    return _finished(folder)


def resume(path: Path, request: Request, progress: Progress | Silence | None = None) -> Comparison:
    """Go on with an interrupted comparison: the same plan, less what is stored already."""
    limits.clean_up()
    stored = read_folder(path)
    again = _held(request, stored.head)
    told = progress or Silence()
    planned = prepare(again, _again(stored.head, request), told)
    small = smaller(again, planned, told)
    _same(planned, stored.head, path)
    _same_programs(planned, stored)
    folder = reopen(path)
    _write_programs(folder, planned)
    _run(planned, folder, told, stored.runs)
    _beside(again, planned, small, folder, told)
    return _finished(folder)


def check(request: Request, progress: Progress | Silence | None = None) -> Comparison:
    """Run every program once on little data and check its answers; nothing is timed."""
    workload = request.read()
    asked = workload.dataset
    if isinstance(asked, Generated):
        asked = replace(asked, rows=min(asked.rows, CHECKED_ROWS))
    tasks = tuple(replace(t, count=min(t.count, CHECKED_TASKS)) for t in workload.tasks)
    once = Measure(rounds=1, warmups=0, runs=0, seed=workload.measure.seed)
    small = replace(workload, dataset=asked, tasks=tasks, measure=once)
    planned = prepare(request, small, progress or Silence())
    folder = _opened(planned, request)
    _run(planned, folder, progress or Silence())
    return _finished(folder)


def floor(request: Request, told: Progress | Silence, *, resume: bool = False) -> Path:
    """Search the smallest memory that works, per engine and query; give the search's folder."""
    limits.clean_up()
    workload = request.read()
    stored = trials.read(trials.latest(request.results, workload.name)) if resume else None
    if stored:
        workload = _again(stored.head, request)
        request = _held(request, stored.head)
    workload, lowered = _fitted(workload)
    machine.check_limits(workload.limits)
    for sentence in lowered:
        told.noting(sentence)
    most = _most(workload.limits.memory)
    free = replace(workload, limits=replace(workload.limits, memory=None, find=False))
    planned = prepare(request, free, told)
    _check_floor(planned)
    if stored:
        _same(planned, stored.head, stored.path)
    path = stored.path if stored else _opened_floor(planned, request, most)
    if planned.data.rows:
        warm_page_cache(*planned.data.files)
    before = list(stored.trials) if stored else []
    Floors(planned, path, told, most, before).run()
    return path


def _most(asked: int | None) -> int:
    """Return the largest limit of a search: what is asked for, else what the machine has."""
    usable, _ = machine.usable_memory()
    most = asked or usable
    if most is None:
        message = "the memory of this machine is not known: give the most to try by --memory"
        raise LimitError(message)
    return most


def _check_floor(planned: Plan) -> None:
    if planned.backend.name == "none":
        message = "a floor is searched under limits, and --limit-backend none holds none"
        raise LimitError(message)


def _opened_floor(planned: Plan, request: Request, most: int) -> Path:
    known = head(planned, command(), request.baseline)
    known = replace(known, limits={**known.limits, "memory": "find", "most": most})
    return create(request.results, known, trials.HEAD).path


def prepare(request: Request, workload: Workload, progress: Progress | Silence) -> Plan:
    """Make the data, hold the workload against it and the machine, and write every program."""
    workload, lowered = _fitted(workload)
    notes = (*lowered, *machine.check_limits(workload.limits))
    backend = limits.choose_backend(request.backend)
    data = _data(request, workload, progress)
    asked = [find(name) for name in dict.fromkeys(workload.engines)]
    places = {e.name: request.provider.interpreter(e, progress.providing) for e in asked}
    planned = plan(workload, data, backend, places)
    for sentence in (*notes, *foretold(planned)):
        progress.noting(sentence)
    if isinstance(progress, Progress):
        progress.total = len(planned.runnable) * workload.measure.rounds
        progress.budget = workload.measure.budget
    return planned


def _fitted(workload: Workload) -> tuple[Workload, tuple[str, ...]]:
    """Lower the file's own memory limit to this machine; who asks by hand hears a mistake."""
    if "limits.memory" in dict(workload.overrides):
        return workload, ()
    held, said = machine.lower_memory_limit(workload.limits)
    return replace(workload, limits=held), said


def smaller(request: Request, planned: Plan, progress: Progress | Silence) -> Plan | None:
    """Plan the same at a tenth of its size, where break-evens are told; else give None."""
    workload = tenth(planned.workload) if beside(planned.workload, planned.data.rows) else None
    if workload is None:
        return None
    data = _data(request, workload, progress)
    small = plan(workload, data, planned.backend, planned.interpreters)
    if isinstance(progress, Progress):
        progress.total += len(small.runnable) * workload.measure.rounds
    return small


def _data(request: Request, workload: Workload, progress: Progress | Silence) -> Dataset:
    """Make a workload's data and hold its columns against it; tasks read none."""
    if workload.tasks:
        return make_placeholder(workload.tasks, request.cache)
    data = make_dataset(dataset(workload), request.cache, progress.making)
    check_columns(workload, data.schema)
    return data


def dataset(workload: Workload) -> Generated | Files:
    """Return a workload's dataset; DataError where it has none."""
    if workload.dataset is None:
        message = f"{workload.name} has no dataset: it is a workload of tasks"
        raise DataError(message)
    return workload.dataset


def command() -> str:
    """Return the command line of this process, to be typed again."""
    name = Path(sys.argv[0]).name
    return shlex.join(["dfbench" if name in {"__main__.py", "dfbench"} else name, *sys.argv[1:]])


def _opened(planned: Plan, request: Request) -> Folder:
    folder = create(request.results, head(planned, command(), request.baseline))
    _write_programs(folder, planned)
    return folder


def _write_programs(folder: Folder, planned: Plan) -> None:
    for (engine, query), program in planned.programs.items():
        if isinstance(program, Program):
            folder.write_program(engine, query, program.text)


def _run(
    planned: Plan, folder: Folder, progress: Progress | Silence, stored: tuple[Run, ...] = ()
) -> None:
    """Run what is planned and not yet stored."""
    baseline = read_folder(folder.path).head.baseline
    _rounds(Rounds(planned, folder, progress, stored, baseline))


def _rounds(rounds: Rounds) -> None:
    if rounds.plan.data.rows:
        warm_page_cache(*rounds.plan.data.files)
    rounds.run()


def _beside(
    request: Request, planned: Plan, small: Plan | None, folder: Folder, told: Progress | Silence
) -> None:
    """Run the same at a tenth of its size, and probe roads and libraries."""
    if not beside(planned.workload, planned.data.rows):
        return
    if small:
        stored = read_folder(folder.path)
        below = inside(folder.path, head(small, stored.head.command, stored.head.baseline))
        _write_programs(below, small)
        done = stored.tenth.runs if stored.tenth else ()
        _rounds(Rounds(small, below, told, done, stored.head.baseline))
    threads, places = planned.workload.limits.threads, planned.interpreters
    probing.collect(places, folder, request.cache, planned.backend, threads, told)


def _finished(folder: Folder) -> Comparison:
    folder.finish()
    return reported(folder.path)


def _again(head: Head, request: Request) -> Workload:
    """Read the workload of a stored comparison as it was asked for."""
    folder, known = Path(head.file).parent, tuple(engines())
    workload = read_text(
        head.source, head.file, folder, head.overrides, known, python=request.python
    )
    return chosen(workload, tuple(head.engines), tuple(head.queries))


def _held(request: Request, head: Head) -> Request:
    """Hold limits as an interrupted comparison did, unless another way is asked for."""
    held = str(head.limits.get("backend") or "") or None
    return replace(request, backend=request.backend or held)


def _same(planned: Plan, head: Head, path: Path) -> None:
    """Raise ResultsError where going on would mix two measurements in one comparison."""
    now = {n: told_versions(i) for n, i in planned.interpreters.items()}
    changes = [
        ("data", head.dataset.get("name"), planned.data.name),
        ("limit", head.limits.get("backend"), planned.backend.name),
        *((f"version of {name}", head.engines[name], now[name]) for name in head.engines),
    ]
    for what, then, today in changes:
        if then != today:
            message = (
                f"{path}: its {what} was {_plain(then)}, and is {_plain(today)} now; "
                "compare anew, without --resume"
            )
            raise ResultsError(message)


def _same_programs(planned: Plan, stored: StoredComparison) -> None:
    for (engine, query), text in stored.programs.items():
        program = planned.programs.get((engine, query))
        if not isinstance(program, Program) or program.text != text:
            message = (
                f"{stored.path}: {engine} has another program for {query} now; "
                "compare anew, without --resume"
            )
            raise ResultsError(message)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "nothing"
    return str(value)
