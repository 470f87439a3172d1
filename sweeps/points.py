"""The points of a sweep: the workload once for each combination of the axes' values."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from ..comparison.request import Request
from ..datasets.source_files import find_files
from ..errors import DfbenchError, LimitError, WorkloadError
from ..execution import machine
from ..report.units import format_count
from ..spec.sweep import Axis, read_axis
from ..spec.workload import Files, Generated, Workload
from ..storage.sweeps import name_point

MOST_POINTS = 200
ROW_BYTES = 50  # of generated data as Parquet: 1e7 rows of the group-by data have 510 MB


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a sweep: its name, the value of each axis, and the workload there."""

    name: str
    values: Mapping[str, float]
    workload: Workload


def read_axes(workload: Workload, over: Sequence[str]) -> tuple[Axis, ...]:
    """Return the axes of a command line, else the workload's own; DfbenchError for none.

    Each of `over` is `NAME=VALUES`, as in `rows=1e4..1e7`.
    """
    axes = tuple(_read_axis(workload, text) for text in over) or workload.sweep
    names = [axis.name for axis in axes]
    if not axes:
        raise DfbenchError(
            f"{workload.name} has no `sweep:`; name a number and its values: --over rows=1e4..1e6"
        )
    if len(set(names)) < len(names):
        raise DfbenchError(f"--over {names[-1]}: listed twice; put all values in one --over")
    count = math.prod(len(axis.values) for axis in axes)
    if not 1 < count <= MOST_POINTS:
        named, points = ", ".join(axis.text for axis in axes), format_count(count, "point")
        raise DfbenchError(f"{named}: {points}; a sweep has 2 to {MOST_POINTS}")
    return axes


def _read_axis(workload: Workload, text: str) -> Axis:
    name, _, words = text.partition("=")
    if not words.strip():
        raise DfbenchError(f"--over {text}: the values are missing; write --over {name}=1e4..1e6")
    arguments = [argument for tasks in workload.tasks for argument, _ in tasks.arguments]
    try:
        return read_axis(name.strip(), words.split(","), arguments)
    except ValueError as error:
        raise DfbenchError(f"--over {text}: {error}") from None


def make_points(
    request: Request, workload: Workload, axes: Sequence[Axis]
) -> tuple[tuple[Point, ...], tuple[str, ...]]:
    """Return the points, and a sentence for each that cannot be made.

    Raises LimitError for more memory or threads than the machine has, and DfbenchError with the
    first point's mistake where fewer than two points can be made.
    """
    points, errors = [], []
    for values in product(*(axis.values for axis in axes)):
        named = [(a.name, a.kind.write(v)) for a, v in zip(axes, values, strict=True)]
        try:
            point = _read_point(request, axes, [text for _, text in named])
        except WorkloadError as error:
            errors.append((", ".join(map("=".join, named)), error))
            continue
        check_machine(point)
        name = name_point((axis, text.rstrip("%")) for axis, text in named)
        numbers = {axis.name: value for axis, value in zip(axes, values, strict=True)}
        points.append(Point(name, numbers, replace(point, engines=workload.engines)))
    if len(points) < 2:
        name, first = errors[0]
        raise DfbenchError(f"--over {name}: {first.mistakes[0].message}")
    check_disk([point.workload for point in points], request.cache)
    skipped = (f"{name} is left out: {error.mistakes[0].message}" for name, error in errors)
    return tuple(points), tuple(skipped)


def _read_point(request: Request, axes: Sequence[Axis], texts: Sequence[str]) -> Workload:
    changes = {axis.kind.key: text for axis, text in zip(axes, texts, strict=True)}
    return replace(request, overrides={**request.overrides, **changes}).read()


def check_machine(workload: Workload) -> None:
    """Raise LimitError where a point asks for more memory or threads than the machine has."""
    asked = dict(workload.overrides)
    memory, (usable, _) = workload.limits.memory or 0, machine.find_usable_memory()
    if "limits.memory" in asked and usable and memory > usable:
        raise LimitError(
            f"memory={machine.format_size(memory)}: only {machine.format_size(usable)} are usable "
            "here; sweep up to that"
        )
    machine.check_limits(workload.limits)
    threads, cores = workload.limits.threads, machine.count_usable_cores()
    if "limits.threads" in asked and (threads or 0) > cores:
        raise LimitError(
            f"threads={threads}: only {cores} cores are usable here; sweep up to {cores}"
        )


def check_disk(workloads: Sequence[Workload], cache: Path) -> None:
    """Raise LimitError where the data of all points does not fit on the disk of the cache."""
    datasets = {one.dataset for one in workloads if one.dataset}
    needed = sum(map(_estimate_bytes, datasets))
    there = next(folder for folder in (cache, *cache.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        raise LimitError(
            f"the data of all points takes about {machine.format_size(needed)}, and {there} has "
            f"{machine.format_size(free)} free; sweep fewer rows, or set DFBENCH_CACHE"
        )


def _estimate_bytes(dataset: Generated | Files) -> int:
    """Return about how much disk the data takes in the cache; files are read in place at 100 %."""
    if isinstance(dataset, Generated):
        return ROW_BYTES * dataset.rows
    if dataset.share == 1:
        return 0
    return int(dataset.share * sum(path.stat().st_size for path in find_files(dataset).paths))


def rank_hardness(axes: Sequence[Axis], values: Mapping[str, float]) -> tuple[float, ...]:
    """Return a point's place on each axis, larger where it needs more memory or time."""
    return tuple(axis.kind.harder * values[axis.name] for axis in axes)


def is_harder(axes: Sequence[Axis], one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Return whether a point needs at least as much as another on each axis, and is not it.

    Axes of which neither direction is harder must be equal.
    """
    pairs = [(axis.kind.harder, one[axis.name], other[axis.name]) for axis in axes]
    at_least = all(h * a >= h * b if h else a == b for h, a, b in pairs)
    return at_least and any(a != b for _, a, b in pairs)
