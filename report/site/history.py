"""How an engine's time changed from version to version, over the comparisons of a site."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean

from .model import EngineEntry, Entry


@dataclass(frozen=True, slots=True)
class VersionStep:
    """A version of an engine, its time over the first version's, and the questions of both.

    `key` is the page of the comparison.
    """

    version: str
    ratio: float
    questions: int
    key: str


@dataclass(frozen=True, slots=True)
class VersionHistory:
    """An engine's versions on one workload, size and machine, oldest comparison first."""

    title: str
    engine: str
    steps: tuple[VersionStep, ...]

    @property
    def is_of_one_comparison(self) -> bool:
        """Return whether all versions took turns in the same rounds."""
        return len({step.key for step in self.steps}) == 1


def build_histories(entries: Iterable[Entry]) -> tuple[VersionHistory, ...]:
    """Return the histories of all engines that were measured alike in two versions or more."""
    measured = sorted(_list_measured(entries), key=lambda pair: pair[0])
    groups = groupby(measured, key=lambda pair: pair[0][:-1])
    found = (_build(place, [one for _, one in group]) for place, group in groups)
    return tuple(history for history in found if history)


def _list_measured(
    entries: Iterable[Entry],
) -> Iterator[tuple[tuple[str, ...], tuple[Entry, EngineEntry]]]:
    """Yield engines with what has to be alike, and with when they were measured."""
    for entry in entries:
        size = entry.describe_size()
        alike = (entry.workload, entry.source, size, entry.load, entry.machine)
        for engine in entry.engines:
            base, _, after = engine.engine.partition("@")
            name = engine.engine if ":" in after else base  # an address, not a version
            if engine.version and engine.times:
                yield (*alike, name, f"{entry.began} {entry.key}"), (entry, engine)


def _build(place: tuple[str, ...], own: list[tuple[Entry, EngineEntry]]) -> VersionHistory | None:
    latest = {engine.version: (entry, engine) for entry, engine in own}
    if len(latest) < 2:
        return None
    workload, _, size, _, machine, name = place
    (_, first), *_ = latest.values()
    steps = (_compare(entry, engine, first) for entry, engine in latest.values())
    title = f"{workload}, {size}, {machine}"
    return VersionHistory(title, name, tuple(step for step in steps if step))


def _compare(entry: Entry, engine: EngineEntry, first: EngineEntry) -> VersionStep | None:
    shared = [query for query in engine.times if query in first.times]
    if not shared:
        return None
    logs = [math.log(engine.times[query] / first.times[query]) for query in shared]
    return VersionStep(engine.version, math.exp(fmean(logs)), len(shared), entry.key)
