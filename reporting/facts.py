"""What a reader needs to judge or repeat a comparison: data, limits, machine, versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..storing.records import Head
from .units import seconds, size

BYTES = {"memory", "swap", "bytes", "size", "disk", "shm", "file_bytes", "available"}
SECONDS = {"time", "budget", "timeout"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Some facts under one heading, each a label and its text."""

    title: str
    items: tuple[tuple[str, str], ...]


def gather(head: Head) -> tuple[Facts, ...]:
    """Give all facts of a comparison, as text."""
    parts = (
        ("Data", head.dataset),
        ("Limits", head.limits),
        ("Measure", head.measure),
        ("Engines", head.engines),
        ("Machine", head.machine),
        ("Comparison", {"began": head.began, "dfbench": head.dfbench, "workload": head.source}),
    )
    found = (Facts(title, tuple(_items(record))) for title, record in parts)
    return tuple(facts for facts in found if facts.items)


def _items(record: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        label = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _nested(label, value)
        else:
            yield label, _text(name, value)


def _nested(label: str, value: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if set(value) == {"version"}:
        yield label, str(value["version"])
    else:
        yield from _items(value, f"{label}: ")


def _text(name: str, value: object) -> str:
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
        case list() | tuple():
            return ", ".join(map(str, value))
        case _:
            return str(value)
