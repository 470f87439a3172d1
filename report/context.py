"""What a reader needs to judge or repeat a comparison: data, limits, machine, versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..storage.records import Head, Run
from .model import FactGroup
from .units import format_seconds, format_size

BYTES = {"memory", "checking", "memory_total", "swap", "bytes", "size", "disk", "shm"}
SECONDS = {"time", "budget", "timeout"}


def format_version(engine: str, versions: object) -> str:
    """Return an engine's own version from all that its comparison noted.

    >>> format_version("pandas+numba", {"pandas": "2.3.3", "numba": "0.61", "numpy": "2.4.6"})
    '2.3.3 + 0.61'
    >>> format_version("polars/in-memory", {"version": "2.1.0"})
    '2.1.0'
    """
    if not isinstance(versions, Mapping):
        return ""
    own = [str(versions[name]) for name in re.split("[/+@]", engine) if name in versions]
    return " + ".join(own) or str(versions.get("version", ""))


def gather(head: Head, runs: Sequence[Run] = ()) -> tuple[FactGroup, ...]:
    """Return all facts of a comparison, as text, with its runs' peak measures and types."""
    measures = dict.fromkeys(run.memory.measure for run in runs if run.memory.measure)
    peak = {"peak_memory": "; ".join(measures)} if measures else {}
    parts = (
        ("Data", head.dataset),
        ("Limits", head.limits),
        ("Measure", {**head.measure, **peak}),
        ("Engines", head.engines),
        ("Types loaded", list_column_types(head.engines, runs)),
        ("Machine", head.machine),
        ("Comparison", {"began": head.began, "dfbench": head.dfbench, "workload": head.file}),
        ("Overrides", head.overrides),
    )
    found = (FactGroup(title, tuple(_format_items(record))) for title, record in parts)
    return tuple(facts for facts in found if facts.items)


def list_column_types(engines: Iterable[str], runs: Sequence[Run]) -> dict[str, str]:
    """Return each engine's columns by the type that it held them in, as its library names that."""
    found: dict[str, dict[str, str]] = {engine: {} for engine in engines}
    for run in runs:
        found.setdefault(run.engine, {}).update(run.columns)
    return {engine: _group_by_type(columns) for engine, columns in found.items() if columns}


def _group_by_type(columns: Mapping[str, str]) -> str:
    """Return columns under their types.

    >>> _group_by_type({"id1": "String", "v1": "Int64", "id2": "String"})
    'String: id1, id2; Int64: v1'
    """
    alike: dict[str, list[str]] = {}
    for name in sorted(columns):
        alike.setdefault(columns[name], []).append(name)
    return "; ".join(f"{kind}: {', '.join(names)}" for kind, names in alike.items())


def _format_items(record: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        yield name.replace("_", " "), format_value(name, value)


def format_value(name: str, value: object) -> str:
    """Return a fact's value as a person reads it; bytes and seconds by the fact's name.

    >>> format_value("memory", 2 * 1024**3), format_value("rows", 10_000_000)
    ('2 GiB', '10,000,000')
    """
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() if name in BYTES:
            return format_size(value)
        case int() | float() if name in SECONDS:
            return format_seconds(value)
        case int():
            return f"{value:,}" if value >= 10_000 else str(value)
        case Mapping():
            return ", ".join(
                f"{part} {format_value(str(part), inner)}" for part, inner in value.items()
            )
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
