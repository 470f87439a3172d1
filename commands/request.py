"""From the options of a command line to a request."""

from __future__ import annotations

from pathlib import Path

from ..comparison.request import Request
from .options import DataOptions, EnvironmentOptions, LimitOptions, MeasureOptions, Selection

NO_DATA = DataOptions()
NO_LIMITS = LimitOptions()
NO_MEASURE = MeasureOptions()
NO_ENVIRONMENTS = EnvironmentOptions()


def build_request(  # noqa: PLR0913 - one for each group of options
    workload: str,
    selection: Selection,
    data: DataOptions = NO_DATA,
    limits: LimitOptions = NO_LIMITS,
    measure: MeasureOptions = NO_MEASURE,
    environments: EnvironmentOptions = NO_ENVIRONMENTS,
    results: Path = Path("results"),
    baseline: str | None = None,
) -> Request:
    """Return the request of a command line; ResultsError for a `--set` without a value.

    An option of its own wins over `--set`.
    """
    values = data.overrides() | selection.overrides() | limits.overrides() | measure.overrides()
    return Request(
        workload,
        tuple(selection.engine or ()),
        tuple(selection.query or ()),
        {path: value for path, value in values.items() if value is not None},
        results,
        limits.limit_backend,
        baseline,
        python=not selection.no_python,
        isolate=environments.isolate,
        interpreter=environments.interpreter or "",
    )
