"""What a reader needs to judge or repeat a comparison: data, limits, machine, versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..storing.records import Head
from .units import seconds, size

BYTES = {"memory", "memory_total", "swap", "bytes", "size", "disk", "shm"}
SECONDS = {"time", "budget", "timeout"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Some facts under one heading, each a label and its text."""

    title: str
    items: tuple[tuple[str, str], ...]


def version(engine: str, told: object) -> str:
    """Give an engine's own version from all that its comparison noted.

    >>> version("pandas+numba", {"pandas": "2.3.3", "numba": "0.61", "numpy": "2.4.6"})
    '2.3.3 + 0.61'
    >>> version("polars/in-memory", {"version": "2.1.0"})
    '2.1.0'
    """
    if not isinstance(told, Mapping):
        return ""
    own = [str(told[name]) for name in re.split("[/+@]", engine) if name in told]
    return " + ".join(own) or str(told.get("version", ""))


def gather(head: Head, measures: Sequence[str] = ()) -> tuple[Facts, ...]:
    """Give all facts of a comparison, as text; `measures` are the ways peak memory was read."""
    peak = {"peak_memory": "; ".join(measures)} if measures else {}
    parts = (
        ("Data", head.dataset),
        ("Limits", head.limits),
        ("Measure", {**head.measure, **peak}),
        ("Engines", head.engines),
        ("Machine", head.machine),
        ("Comparison", {"began": head.began, "dfbench": head.dfbench, "workload": head.file}),
        ("Overrides", head.overrides),
    )
    found = (Facts(title, tuple(_items(record))) for title, record in parts)
    return tuple(facts for facts in found if facts.items)


def _items(record: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        yield name.replace("_", " "), text(name, value)


def text(name: str, value: object) -> str:
    """Give a fact's value as a person reads it; bytes and seconds by the fact's name.

    >>> text("memory", 2 * 1024**3), text("rows", 10_000_000), text("swap", None)
    ('2 GiB', '10,000,000', 'none')
    """
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int() if name in BYTES:
            return size(value)
        case int() | float() if name in SECONDS:
            return seconds(value)
        case int():
            return f"{value:,}" if value >= 10_000 else str(value)
        case Mapping():
            return ", ".join(f"{part} {text(str(part), inner)}" for part, inner in value.items())
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
