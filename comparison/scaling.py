"""The same questions at a tenth of their size: by two sizes a break-even is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..spec.reader import SHIPPED
from ..spec.workload import Generated, GroupFunction, Query, Tasks, Workload

# Below these, a tenth takes no time that could be seen beside a process's start.
LEAST_ROWS, LEAST_TASKS = 100_000, 100
SHARE = 10
FEWEST_GROUPS = 2


def measures_secondary(workload: Workload, rows: int) -> bool:
    """Return whether break-evens and traits are found: for functions that have work to do."""
    match workload.measure.beside:
        case "auto":
            return _has_enough(workload, rows) and any(map(calls_function, workload.questions))
        case word:
            return word == "all"


def measures_probes(workload: Workload, rows: int) -> bool:
    """Return whether capabilities are probed: by itself for the shipped workloads alone."""
    asked = workload.measure.beside == "all" or Path(workload.file).parent == SHIPPED
    return asked and measures_secondary(workload, rows)


def calls_function(question: Query | Tasks) -> bool:
    """Return whether a question calls a function."""
    return isinstance(question, Tasks) or question.apply is not None


def scale_down(workload: Workload) -> Workload | None:
    """Return the workload at a tenth of its size; None for files and for tiny workloads.

    Groups are a tenth too, each as large as before.
    """
    once = replace(workload.measure, rounds=workload.measure.least, budget=None)
    if workload.tasks:
        many = [tasks for tasks in workload.tasks if tasks.count >= SHARE]
        fewer = tuple(replace(tasks, count=tasks.count // SHARE) for tasks in many)
        return replace(workload, tasks=fewer, measure=once) if fewer else None
    dataset = workload.dataset
    if not isinstance(dataset, Generated) or dataset.rows < SHARE:
        return None
    every = workload.measure.beside == "all"
    asked = tuple(query for query in workload.queries if every or calls_function(query))
    groups = max(FEWEST_GROUPS, dataset.groups // SHARE)
    small = replace(dataset, rows=dataset.rows // SHARE, groups=groups)
    return replace(workload, dataset=small, queries=asked, measure=once)


def find_size_unit(question: Query | Tasks) -> str:
    """Name what a question's size is counted in."""
    match question:
        case Tasks():
            return "tasks"
        case Query(apply=GroupFunction()):
            return "groups"
        case _:
            return "rows"


def _has_enough(workload: Workload, rows: int) -> bool:
    if workload.tasks:
        return any(tasks.count >= LEAST_TASKS for tasks in workload.tasks)
    return rows >= LEAST_ROWS
