"""All comparisons of a workload over time: what was measured when, and where times went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ..errors import ResultsError
from ..storage.folder import StoredComparison
from ..storage.records import Head
from . import statistics
from .build import build as build_view
from .diff import list_obstacles
from .model import Cell, Ratio
from .timings import merge
from .units import format_count, format_ratio, format_seconds
from .verdicts import Material, collect

BARS = "▁▂▃▄▅▆▇█"
SHOWN = 40  # points of a chart; older ones are left out
GAP = "·"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One comparison; `apart` is why its times are not comparable with the newest one's."""

    folder: str
    head: Head
    runs: int
    apart: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """An engine's times on a question, one a point, in seconds; None where there is none.

    `ratio` is that of the last time to all earlier ones; None without either.
    """

    engine: str
    query: str
    times: tuple[float | None, ...]
    words: tuple[str, ...]
    ratio: Ratio | None = None

    @property
    def known(self) -> tuple[float, ...]:
        """Return the times that there are, oldest first."""
        return tuple(time for time in self.times if time is not None)


@dataclass(frozen=True, slots=True)
class History:
    """A workload's comparisons, oldest first, and a line an engine and question."""

    workload: str
    points: tuple[HistoryEntry, ...]
    lines: tuple[TimeSeries, ...]


def build(comparisons: Sequence[StoredComparison]) -> History:
    """Put comparisons of one workload in a row, oldest first; ResultsError for none."""
    if not comparisons:
        raise ResultsError("no comparison of this workload is stored; `dfbench compare` makes one")
    newest = comparisons[-1]
    points = tuple(
        HistoryEntry(one.path.name, one.head, len(one.runs), list_obstacles(one, newest))
        for one in comparisons
    )
    cells = [
        _index_cells(one) if not p.apart else {} for one, p in zip(comparisons, points, strict=True)
    ]
    places = dict.fromkeys(place for one in reversed(cells) for place in one)
    drawn = [one for one, point in zip(comparisons, points, strict=True) if not point.apart]
    ratios = _judge_last([collect(one) for one in drawn])
    lines = tuple(
        TimeSeries(
            *place,
            tuple(one[place].time if place in one else None for one in cells),
            tuple(one[place].word if place in one else "" for one in cells),
            ratios.get(place),
        )
        for place in places
    )
    return History(newest.head.workload, points, lines)


def render(history: History) -> str:
    """Return a history as text: the comparisons, then a chart an engine and question."""
    return "\n".join((*_list_comparisons(history), "", *_draw_chart(history))) + "\n"


def list_records(history: History) -> Iterator[dict[str, Any]]:
    """Return a flat record a comparison, engine and question."""
    for line in history.lines:
        for point, time, word in zip(history.points, line.times, line.words, strict=True):
            if not point.apart and word:
                yield {
                    "folder": point.folder,
                    "began": point.head.began,
                    "dfbench": point.head.dfbench,
                    "engine": line.engine,
                    "versions": " ".join(_list_versions(point.head, line.engine)),
                    "query": line.query,
                    "outcome": word,
                    "time": time,
                }


def draw_sparkline(times: Sequence[float | None]) -> str:
    """Draw times as bars between the least and the greatest; a dot where there is none.

    >>> draw_sparkline([1.0, 2.0, None, 1.5])
    '▁█·▅'
    """
    known = [time for time in times if time is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    # Less than a tenth apart is drawn as level: a chart of noise reads like news.
    span = max(high - low, low / 10)
    steps = len(BARS) - 1
    return "".join(
        GAP if time is None else BARS[round((time - low) / span * steps) if span else 0]
        for time in times
    )


def _index_cells(stored: StoredComparison) -> dict[tuple[str, str], Cell]:
    rows = build_view(stored).rows
    return {(c.engine, c.query): c for row in rows for c in row.cells if c.outcome is not None}


def _judge_last(materials: Sequence[Material]) -> dict[tuple[str, str], Ratio]:
    """Compare the last comparison's times with all earlier ones, as far as both have them."""
    *earlier, last = materials
    old = merge([one.timings for one in earlier])
    found = {}
    for engine, query in last.timings.samples:
        if last.timings.samples[engine, query] and old.samples.get((engine, query)):
            place = engine, query
            runs = [run for one in materials for run in one.runs.get(place, ())]
            noisy = statistics.compute_noisy_share(runs)
            found[place] = last.timings.judge_since(old, engine, query, noisy)
    return found


def _list_comparisons(history: History) -> Iterator[str]:
    yield f"{history.workload}: {format_count(len(history.points), 'comparison')}"
    before: Head | None = None
    for point in history.points:
        changed = list(_list_changes(before, point.head)) if before else []
        apart = [f"not drawn: {'; '.join(point.apart)}"] if point.apart else []
        parts = [point.folder, format_count(point.runs, "run"), *changed, *apart]
        yield "  " + ", ".join(parts)
        before = point.head


def _list_changes(old: Head, new: Head) -> Iterator[str]:
    if old.dfbench != new.dfbench:
        yield f"dfbench {old.dfbench} → {new.dfbench}"
    was = {word for engine in old.engines for word in _list_versions(old, engine)}
    now = dict.fromkeys(word for engine in new.engines for word in _list_versions(new, engine))
    yield from (word for word in now if word not in was)


def _list_versions(head: Head, engine: str) -> list[str]:
    versions = head.engines.get(engine)
    return (
        [f"{name} {version}" for name, version in versions.items()]
        if isinstance(versions, dict)
        else []
    )


def _draw_chart(history: History) -> Iterator[str]:
    width = max((len(f"{line.engine} {line.query}") for line in history.lines), default=0)
    room = max((len(line.times[-SHOWN:]) for line in history.lines), default=0)
    for line in history.lines:
        drawn = draw_sparkline(line.times[-SHOWN:])
        named = f"{line.engine} {line.query}"
        yield f"{named:<{width}}  {drawn:<{room}}  {_describe_change(line)}".rstrip()
    if not history.lines:
        yield "No run has finished yet: there is nothing to draw."


def _describe_change(line: TimeSeries) -> str:
    if not line.known:
        return line.words[-1]
    last = line.words[-1] if line.times[-1] is None else format_seconds(line.times[-1])
    if len(line.known) < 2 or line.times[-1] is None:
        return last or format_seconds(line.known[-1])
    earlier = median(line.known[:-1])
    count = len(line.known) - 1
    before = "the previous time" if count == 1 else f"the median of the previous {count}"
    verdict = f" ({line.ratio.note or line.ratio.verdict})" if line.ratio else ""
    return f"{last}, {format_ratio(line.known[-1] / earlier)} {before}{verdict}"
