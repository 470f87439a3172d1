"""The interface for notebooks: plain arguments in, a comparison that displays itself out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from .comparison import session
from .comparison.request import Request, split_names
from .report.comparison import Comparison
from .report.progress import Progress
from .report.sweeps.sweep import Sweep
from .sweeps import session as sweeping
from .sweeps.points import read_axes


def compare(
    workload: str | Path,
    engines: str | Sequence[str] = (),
    queries: str | Sequence[str] = (),
    results: str | Path = "results",
    **settings: object,
) -> Comparison:
    """Run a workload on its engines, or on those named, and return the comparison.

    `engines` and `queries` are names in a list, or in a text with commas. `settings` are a
    workload's values with `__` for the dot: `dataset__rows=1e6`, `limits__memory="2GiB"`. The
    runs are stored below the folder `results`.

    Raises WorkloadError, DataError, LimitError, EngineError.
    """
    request = _request(workload, engines, queries, results, settings)
    return session.compare(request, request.read(), Progress())


def check(
    workload: str | Path,
    engines: str | Sequence[str] = (),
    queries: str | Sequence[str] = (),
    results: str | Path = "results",
    **settings: object,
) -> Comparison:
    """Run every program once on little data and check the answers; nothing is timed.

    Takes the arguments of `compare`, and raises the same errors.
    """
    request = _request(workload, engines, queries, results, settings)
    return session.check(request, request.read(), Progress())


def sweep(
    workload: str | Path,
    over: Mapping[str, object] = MappingProxyType({}),
    engines: str | Sequence[str] = (),
    queries: str | Sequence[str] = (),
    results: str | Path = "results",
    **settings: object,
) -> Sweep:
    """Run a workload at many sizes, and return the sweep, which displays its curves.

    `over` names the numbers that change, each with a range or a list: `{"rows": "1e4..1e6"}`;
    without it, the workload's own `sweep:` counts. Takes the other arguments of `compare`, and
    raises the same errors.
    """
    request = _request(workload, engines, queries, results, settings)
    read = request.read()
    axes = read_axes(read, [f"{name}={_spell(values)}" for name, values in over.items()])
    return sweeping.sweep(request, read, axes, Progress())


def _spell(values: object) -> str:
    """Return a range, a number or several, as a command line has them."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return str(values)
    return ",".join(map(str, values))


def _request(
    workload: str | Path,
    engines: str | Sequence[str],
    queries: str | Sequence[str],
    results: str | Path,
    settings: dict[str, object],
) -> Request:
    overrides = {name.replace("__", "."): str(value) for name, value in settings.items()}
    names = split_names(engines), split_names(queries)
    return Request(workload, *names, overrides, Path(results))
