"""What a site keeps of each comparison and sweep, and how its index stores that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

KEY = re.compile(r"[\w.@=-]{1,160}")  # keys become names of files


@dataclass(frozen=True, slots=True)
class Share:
    """A ratio to the baseline: its value, and its verdict in words."""

    value: float
    word: str


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """An engine of a comparison; `hot`, `cold` and `load` are its times over the baseline's.

    `times` has the seconds of a hot run by question, `failures` the outcomes other than ok.
    """

    engine: str
    version: str
    hot: Share | None
    cold: Share | None
    load: Share | None
    peak: int | None
    answered: int
    asked: int
    failures: tuple[str, ...]
    times: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Entry:
    """A comparison; `source` is the digest of its workload, `digest` that of all it stores.

    `settings` has the workload's values that were set for it, but for its size and how it was
    measured. `checked` says in words whether its answers were compared with an oracle.
    """

    key: str
    digest: str
    workload: str
    source: str
    size: int
    unit: str
    load: str
    machine: str
    began: str
    baseline: str
    checked: str
    engines: tuple[EngineEntry, ...]
    settings: str = ""

    def describe_size(self) -> str:
        """Return the size with what was set beside it: `1,000 rows, nulls = 5`."""
        size = f"{self.size:,} {self.unit}"
        return f"{size}, {self.settings}" if self.settings else size


@dataclass(frozen=True, slots=True)
class SweepEntry:
    """A sweep: what it ran over, and what it found."""

    key: str
    workload: str
    axis: str
    began: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteIndex:
    """All of a site: comparisons and sweeps by key, and the files that dfbench wrote there."""

    entries: dict[str, Entry]
    sweeps: dict[str, SweepEntry]
    files: set[str]


def read_entry(record: Mapping[str, Any]) -> Entry:
    """Read an entry; ValueError, TypeError or KeyError where it is none."""
    engines = tuple(_read_engine(one) for one in record["engines"])
    known = {"settings": "", **record}  # sites of before have none
    texts = {f.name: str(known[f.name]) for f in fields(Entry) if f.type == "str"}
    if not KEY.fullmatch(texts["key"]):
        raise ValueError(f"{texts['key']!r} is not a key")
    return Entry(**texts, size=int(record["size"]), engines=engines)


def read_sweep(record: Mapping[str, Any]) -> SweepEntry:
    """Read a sweep's entry; ValueError, TypeError or KeyError where it is none."""
    texts = {f.name: str(record[f.name]) for f in fields(SweepEntry) if f.type == "str"}
    if not KEY.fullmatch(texts["key"]):
        raise ValueError(f"{texts['key']!r} is not a key")
    return SweepEntry(**texts, sentences=tuple(map(str, record["sentences"])))


def _read_engine(record: Mapping[str, Any]) -> EngineEntry:
    return EngineEntry(
        engine=str(record["engine"]),
        version=str(record["version"]),
        hot=_read_share(record["hot"]),
        cold=_read_share(record["cold"]),
        load=_read_share(record["load"]),
        peak=None if record["peak"] is None else int(record["peak"]),
        answered=int(record["answered"]),
        asked=int(record["asked"]),
        failures=tuple(map(str, record["failures"])),
        times={str(query): float(time) for query, time in record["times"].items()},
    )


def _read_share(record: Any) -> Share | None:  # noqa: ANN401 - of JSON
    """Read a ratio; sites of before have a number for cold and load, without a verdict."""
    if isinstance(record, int | float):
        return Share(float(record), "")
    return Share(float(record["value"]), str(record["word"])) if record else None
