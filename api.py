"""The interface for notebooks: plain arguments in, a comparison that displays itself out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .comparison import session
from .comparison.request import Request
from .report.comparison import Comparison
from .report.progress import Progress


def compare(
    workload: str | Path,
    engines: Sequence[str] = (),
    queries: Sequence[str] = (),
    results: str | Path = "results",
    **settings: object,
) -> Comparison:
    """Run a workload on its engines, or on those named, and return the comparison.

    `settings` are a workload's values with `__` for the dot: `dataset__rows=1e6`,
    `limits__memory="2GiB"`. Raises WorkloadError, DataError, LimitError, EngineError.
    """
    request = _request(workload, engines, queries, results, settings)
    return session.compare(request, request.read(), Progress())


def check(
    workload: str | Path,
    engines: Sequence[str] = (),
    queries: Sequence[str] = (),
    results: str | Path = "results",
    **settings: object,
) -> Comparison:
    """Run every program once on little data and check the answers; nothing is timed.

    Takes the arguments of `compare`, and raises the same errors.
    """
    request = _request(workload, engines, queries, results, settings)
    return session.check(request, request.read(), Progress())


def _request(
    workload: str | Path,
    engines: Sequence[str],
    queries: Sequence[str],
    results: str | Path,
    settings: dict[str, object],
) -> Request:
    overrides = {name.replace("__", "."): str(value) for name, value in settings.items()}
    return Request(workload, tuple(engines), tuple(queries), overrides, Path(results))
