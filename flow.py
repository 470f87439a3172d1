"""The whole flow: read, make data, write programs, run under limits, check, store, render."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .comparing.heading import head
from .comparing.measuring import Rounds
from .comparing.planning import Plan, chosen, plan
from .datasets.caching import default_folder
from .datasets.making import Data, make, without_rows
from .engines import engines
from .engines.base import Program
from .errors import DataError, ResultsError
from .reporting import html, markdown
from .reporting.comparison import Comparison
from .reporting.progress import Progress, Silence
from .running import limits, machine
from .running.executing import warm
from .spec.reading import check_columns, read, read_text
from .spec.workload import Files, Generated, Measure, Workload
from .storing.folder import Folder, create, reopen
from .storing.folder import read as read_folder
from .storing.records import Head

CHECKED_ROWS = 10_000
CHECKED_TASKS = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks over a workload file: the choices of a command line.

    `overrides` are dotted paths with the value as text (`dataset.rows`: `1e6`); `engines` and
    `queries` narrow the workload, and none means all of its own. Without `python`, each `def` of
    the workload is a mistake.
    """

    workload: str | Path
    engines: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    results: Path = Path("results")
    backend: str | None = None
    baseline: str | None = None
    python: bool = True
    cache: Path = field(default_factory=lambda: default_folder(os.environ))

    def read(self) -> Workload:
        """Read the workload, narrowed to what is asked for."""
        names = tuple(engines())
        workload = read(self.workload, self.overrides, names, python=self.python)
        return chosen(workload, self.engines, self.queries)


def compare(request: Request, progress: Progress | Silence | None = None) -> Comparison:
    """Run a comparison and give it back, stored in a folder of its own and checked."""
    limits.sweep()
    told = progress or Silence()
    planned = prepare(request, request.read(), told)
    return _run(planned, _opened(planned, request), told)


def resume(path: Path, request: Request, progress: Progress | Silence | None = None) -> Comparison:
    """Go on with an interrupted comparison: the same plan, less what is stored already."""
    limits.sweep()
    stored = read_folder(path)
    planned = prepare(request, _again(stored.head), progress or Silence())
    _same_data(planned, stored.head.dataset, path)
    done = frozenset((run.engine, run.query, run.round) for run in stored.runs)
    return _run(planned, reopen(path), progress or Silence(), done)


def check(request: Request, progress: Progress | Silence | None = None) -> Comparison:
    """Run every program once on little data and check its answers; nothing is timed."""
    workload = request.read()
    asked = workload.dataset
    if isinstance(asked, Generated):
        asked = replace(asked, rows=min(asked.rows, CHECKED_ROWS))
    tasks = workload.tasks
    if tasks:
        tasks = replace(tasks, count=min(tasks.count, CHECKED_TASKS))
    once = Measure(rounds=1, warmups=0, runs=0, seed=workload.measure.seed)
    small = replace(workload, dataset=asked, tasks=tasks, measure=once)
    planned = prepare(request, small, progress or Silence())
    return _run(planned, _opened(planned, request), progress or Silence())


def prepare(request: Request, workload: Workload, progress: Progress | Silence) -> Plan:
    """Make the data, hold the workload against it and the machine, and write every program."""
    machine.feasible(workload.limits)
    backend = limits.choose(request.backend)
    data = _data(request, workload, progress)
    planned = plan(workload, data, backend)
    if isinstance(progress, Progress):
        progress.total = len(planned.runnable) * workload.measure.rounds
    return planned


def _data(request: Request, workload: Workload, progress: Progress | Silence) -> Data:
    """Make a workload's data and hold its columns against it; tasks read none."""
    if workload.tasks:
        return without_rows(workload.tasks, request.cache)
    data = make(dataset(workload), request.cache, progress.making)
    check_columns(workload, data.schema)
    return data


def dataset(workload: Workload) -> Generated | Files:
    """Give a workload's dataset; DataError where it has none."""
    if workload.dataset is None:
        message = f"{workload.name} has no dataset: it is a workload of tasks"
        raise DataError(message)
    return workload.dataset


def command() -> str:
    """Give the command line of this process, to be typed again."""
    name = Path(sys.argv[0]).name
    return shlex.join(["dfbench" if name in {"__main__.py", "dfbench"} else name, *sys.argv[1:]])


def _opened(planned: Plan, request: Request) -> Folder:
    folder = create(request.results, head(planned, command(), request.baseline))
    for (engine, query), program in planned.programs.items():
        if isinstance(program, Program):
            folder.write_program(engine, query, program.text)
    return folder


def _run(
    planned: Plan,
    folder: Folder,
    progress: Progress | Silence,
    done: frozenset[tuple[str, str, int]] = frozenset(),
) -> Comparison:
    if planned.data.rows:
        warm(planned.data.path)
    Rounds(planned, folder, progress, done).run()
    folder.finish()
    return reported(folder.path)


def reported(path: Path) -> Comparison:
    """Write the reports of a stored comparison anew, from its folder alone."""
    comparison, folder = Comparison(path), Folder(path)
    folder.write_report("report.md", markdown.render(comparison.view))
    folder.write_report("report.html", html.render(comparison.view))
    return comparison


def _again(head: Head) -> Workload:
    """Read the workload of a stored comparison as it was asked for."""
    workload = read_text(head.source, head.file, Path(head.file).parent, head.overrides)
    return chosen(workload, tuple(head.engines), tuple(head.queries))


def _same_data(planned: Plan, stored: Mapping[str, object], path: Path) -> None:
    if planned.data.name != stored.get("name"):
        message = (
            f"{path} was measured on {stored.get('name')}, and the data is {planned.data.name} now"
        )
        raise ResultsError(message)
