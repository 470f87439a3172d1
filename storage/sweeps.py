"""A sweep on disk: a folder that holds a comparison's folder for each of its points.

results/<workload>/<time>-<n>/
    sweep.json                  the head: which numbers took which values, and the points
    rows=10000/                 an ordinary comparison, for each point
    sweep.md, sweep.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from ..errors import ResultsError
from . import files, folder
from .folder import StoredComparison

HEAD = "sweep.json"
REPORT, PAGE = "sweep.md", "sweep.html"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True)
class PointHead:
    """A point of a sweep: its folder's name, and the value of each axis."""

    folder: str
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class SweepHead:
    """What a sweep was; `skipped` has a sentence for each point that could not be made."""

    workload: str
    command: str
    began: str
    axes: dict[str, list[float]]
    points: list[PointHead]
    skipped: list[str]
    schema_version: int = SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class StoredPoint:
    """A point read back: the value of each axis, and its comparison."""

    values: dict[str, float]
    comparison: StoredComparison


@dataclass(frozen=True, slots=True)
class StoredSweep:
    """A sweep read back, finished or not; `warnings` say what could not be read."""

    path: Path
    head: SweepHead
    points: tuple[StoredPoint, ...]
    warnings: tuple[str, ...] = ()


def create(results: Path, head: SweepHead) -> Path:
    """Make a new folder for a sweep, its head written; ResultsError where that fails."""
    path = folder.claim(results, head.workload, head.began)
    files.write(path / HEAD, files.to_json(asdict(head), indent=2) + "\n")
    return path


def read(path: Path) -> StoredSweep:
    """Read a sweep; ResultsError where there is none, or a later dfbench wrote it."""
    head = read_head(path)
    points, warnings = [], list(head.skipped)
    for point in head.points:
        try:
            comparison = folder.read(path / point.folder)
        except ResultsError as error:
            warnings.append(f"{point.folder} is left out: {error}")
            continue
        points.append(StoredPoint(point.values, comparison))
        warnings += (f"{point.folder}: {warning}" for warning in comparison.warnings)
    return StoredSweep(path, head, tuple(points), tuple(dict.fromkeys(warnings)))


def read_head(path: Path) -> SweepHead:
    """Read the head of a sweep; ResultsError where there is none that this dfbench reads."""
    record = folder.read_record(path / HEAD, "a sweep")
    if record.get("schema_version") != SCHEMA_VERSION:
        raise ResultsError(
            f"{path / HEAD}: schema version {record.get('schema_version')!r} is not the one that "
            f"this dfbench reads ({SCHEMA_VERSION}); `pip install --upgrade dataframe-bench`"
        )
    try:
        known = {field.name: record[field.name] for field in fields(SweepHead)}
        points = [_read_point(point) for point in known["points"]]
        axes = {str(n): [_read_value(v) for v in vs] for n, vs in known["axes"].items()}
        skipped = [str(sentence) for sentence in known["skipped"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{path / HEAD}: cannot be read as a sweep ({error!r})") from error
    workload, command, began = (str(known[name]) for name in ("workload", "command", "began"))
    return SweepHead(workload, command, began, axes, points, skipped)


def find_latest(results: Path, workload: str) -> Path:
    """Return the newest sweep of a workload; ResultsError where there is none."""
    found = sorted((results / folder.make_safe_name(workload)).glob(f"*/{HEAD}"))
    if not found:
        raise ResultsError(
            f"{results / folder.make_safe_name(workload)}: no sweep of {workload} is stored here; "
            f"`dfbench sweep {workload} --over rows=1e4..1e6` makes one"
        )
    return found[-1].parent


def find_newest(path: Path) -> Path:
    """Return the folder of a comparison, or of the newest comparison or sweep below a folder.

    A point of a sweep stands for its sweep. Raises ResultsError where nothing is stored.
    """
    found = path if (path / HEAD).exists() else folder.find_newest(path)
    above = found.parent
    return above if found != path and (above / HEAD).exists() else found


def name_point(values: Iterable[tuple[str, str]]) -> str:
    """Return the name of a point's folder: `rows=10000,threads=2`."""
    return ",".join(
        f"{folder.make_safe_name(name)}={folder.make_safe_name(value)}" for name, value in values
    )


def _read_point(record: dict[str, object]) -> PointHead:
    name, values = record["folder"], record["values"]
    if not isinstance(name, str) or name in {"", ".", ".."} or Path(name).name != name:
        raise ValueError(f"folder is {name!r}, not a name")
    if not isinstance(values, dict):
        raise TypeError("values are a mapping")
    return PointHead(name, {str(axis): _read_value(value) for axis, value in values.items()})


def _read_value(value: object) -> float:
    if type(value) not in (int, float) or not 0 <= value <= folder.MOST:  # type: ignore[operator]
        raise ValueError(f"{value!r} is not a number from 0 to {folder.MOST:g}")
    return value  # type: ignore[return-value]
