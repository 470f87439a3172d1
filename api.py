"""The interface for notebooks: plain arguments in, a comparison that displays itself out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from .comparison import session
from .comparison.live_code import read_function
from .comparison.request import QUICK, Request, is_code, override_files, split_names
from .datasets.cache import default_folder
from .errors import CodeError, DataError
from .reading import open_source, parse_data, read_code
from .reading.model import Reading
from .report.comparison import Comparison
from .report.progress import Progress
from .report.sweeps.sweep import Sweep
from .spec.reader import OPTIONS
from .sweeps import session as sweeping
from .sweeps.points import read_axes

if TYPE_CHECKING:
    import pandas

# The options of a command line, as arguments: `time_budget="1m"`.
_OPTIONS = {name.strip("-").replace("-", "_"): path for path, name in OPTIONS.items()}
Names: TypeAlias = str | Sequence[str]
Paths: TypeAlias = str | Path | Sequence[str | Path]


def compare(  # noqa: PLR0913 - the options of a comparison
    workload: str | Path | Callable[..., object],
    frame: pandas.DataFrame | None = None,
    /,
    *,
    engines: Names = (),
    queries: Names = (),
    results: str | Path = "results",
    data: Paths = (),
    **settings: object,
) -> Comparison:
    """Run a workload on its engines, or on those named, and return the comparison.

    Instead of a workload, it takes pandas code: the name of its file, or a function and its frame.
    The code runs too, as the engine `yours`. `data` is a file or several, which are read instead of
    those that are named. `engines` and `queries` are names in a list, or in a text with commas.
    `settings` are the command line's options, `rounds=3`, `memory="2GiB"`, and any of a workload's
    values with `__` for the dot: `dataset__rows=1e6`. The runs are stored below `results`.

    Raises WorkloadError, CodeError, DataError, LimitError, EngineError.
    """
    if callable(workload):
        if frame is None:
            raise DataError("a function is compared over a frame: dfbench.compare(function, frame)")
        code = read_function(workload, frame, default_folder(os.environ))
        return compare_code(code, engines, queries, results, **settings)
    if frame is not None:
        names = "engines are named by engines=[…]"
        raise DataError(f"{workload} has data of its own: only a function takes a frame; {names}")
    if is_code(str(workload)):
        code = read_code(open_source(str(workload)), parse_data(_list_files(data)))
        return compare_code(code, engines, queries, results, **settings)
    request = _request(workload, engines, queries, results, data, **settings)
    return session.compare(request, request.read(), Progress())


def compare_code(
    code: Reading,
    engines: Names = (),
    queries: Names = (),
    results: str | Path = "results",
    **settings: object,
) -> Comparison:
    """Compare code with engines; CodeError with the places where nothing could be read."""
    if not code.workload:
        raise CodeError(
            "\n".join(_describe_unread(code)) or "nothing in this code can be written as a query"
        )
    request = _request(code.source.path, engines, queries, results, (), **settings)
    chosen = request.overrides.keys() & {"measure.rounds", "measure.budget"}
    quick = {} if chosen else QUICK
    request = replace(request, code=code, overrides={**request.overrides, **quick})
    return session.compare(request, request.read(), Progress())


def _describe_unread(code: Reading) -> Iterator[str]:
    for remark in code.remarks:
        if remark.kind == "unread":
            yield f"{code.source.place(remark.line, remark.column)}: {remark.text}"


def check(
    workload: str | Path,
    engines: Names = (),
    queries: Names = (),
    results: str | Path = "results",
    data: Paths = (),
    **settings: object,
) -> Comparison:
    """Run every program once on little data and check the answers; nothing is timed.

    Takes the arguments of `compare`, and raises the same errors.
    """
    request = _request(workload, engines, queries, results, data, **settings)
    return session.check(request, request.read(), Progress())


def sweep(  # noqa: PLR0913 - those of a comparison, and the sizes
    workload: str | Path,
    over: Mapping[str, object] = MappingProxyType({}),
    engines: Names = (),
    queries: Names = (),
    results: str | Path = "results",
    data: Paths = (),
    **settings: object,
) -> Sweep:
    """Run a workload at many sizes, and return the sweep, which displays its curves.

    `over` names the numbers that change, each with a range or a list: `{"rows": "1e4..1e6"}`;
    without it, the workload's own `sweep:` counts. Takes the other arguments of `compare`, and
    raises the same errors.
    """
    request = _request(workload, engines, queries, results, data, **settings)
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
    engines: Names,
    queries: Names,
    results: str | Path,
    data: Paths,
    **settings: object,
) -> Request:
    overrides = {
        _OPTIONS.get(name, name).replace("__", "."): str(value) for name, value in settings.items()
    }
    overrides = {**override_files(_list_files(data)), **overrides}
    names = split_names(engines), split_names(queries)
    return Request(workload, *names, overrides, Path(results))


def _list_files(data: Paths) -> list[str]:
    return list(map(str, [data] if isinstance(data, str | Path) else data))
