"""From how many rows or tasks a road beats the baseline, by a line through two measured sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from ..storing.folder import Stored
from ..storing.records import Outcome, Run
from .stories import Grid
from .units import seconds, three_digits

LEGEND = (
    "Model: time = start + n x cost, the line through the times at two sizes, fitted to each round "
    "by itself; the figure is the median of the rounds, and undecided where they differ in kind. "
    "Fresh: a new process with imports, cluster, load and its first execution. Session: the "
    "fastest later execution in a process that is warm. A † lies outside the measured sizes: there "
    "the line is believed, not seen."
)


class Kind(StrEnum):
    """How two lines lie: which is lower, and where."""

    ALWAYS = "always"
    FROM = "from"
    BELOW = "only below"
    NEVER = "never on this machine"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Line:
    """Seconds at nothing, and for each row or task."""

    start: float
    cost: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a road's line crosses the baseline's; `at` is None where it does not."""

    kind: Kind
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """The same workload at two sizes, in rows or tasks."""

    small: int
    large: int
    few: Stored
    many: Stored
    unit: str


def line(small: int, few: float, large: int, many: float) -> Line:
    """Give the line through two points; a cost below zero is noise, and none.

    >>> line(100, 1.5, 200, 2.0)
    Line(start=1.0, cost=0.005)
    """
    cost = max(0.0, (many - few) / (large - small))
    return Line(max(0.0, few - cost * small), cost)


def crossing(road: Line, base: Line) -> Crossing:
    """Say where a road's line is below the baseline's.

    >>> crossing(Line(1.0, 0.001), Line(0.0, 0.002))
    Crossing(kind=<Kind.FROM: 'from'>, at=1000.0)
    """
    dearer, slower = road.start - base.start, road.cost - base.cost
    if dearer <= 0 and slower <= 0:
        return Crossing(Kind.NEVER if dearer == slower == 0 else Kind.ALWAYS)
    if dearer >= 0 and slower >= 0:
        return Crossing(Kind.NEVER)
    return Crossing(Kind.BELOW if slower > 0 else Kind.FROM, -dearer / slower)


def settled(found: Sequence[Crossing]) -> Crossing:
    """Give what rounds agree on: their median; undecided where they differ in kind."""
    kinds = {one.kind for one in found}
    if not kinds:
        return Crossing(Kind.UNDECIDED)
    if kinds == {Kind.ALWAYS, Kind.FROM}:
        return Crossing(Kind.FROM, median(one.at or 0.0 for one in found))
    if len(kinds) > 1:
        return Crossing(Kind.UNDECIDED)
    places = [one.at for one in found if one.at is not None]
    return Crossing(found[0].kind, median(places) if places else None)


def build(sizes: Sizes) -> tuple[Grid, ...]:
    """Give a table for each question."""
    base = sizes.many.head.baseline
    return tuple(_grid(sizes, query, base) for query in sizes.many.head.queries)


def _grid(sizes: Sizes, query: str, base: str) -> Grid:
    each = f"a {sizes.unit.removesuffix('s')}"
    headings = ("engine", "start, fresh", each, f"beats {base}: fresh", "session")
    engines = [name for name in sizes.many.head.engines if name != base]
    rows = [_row(sizes, query, name, base) for name in (base, *engines)]
    caption = f"{query}: {sizes.small:,} and {sizes.large:,} {sizes.unit}"
    return Grid(caption, headings, rows)


def _row(sizes: Sizes, query: str, name: str, base: str) -> tuple[str, ...]:
    fresh, session = (lines(sizes, query, name, taken) for taken in (whole, hot))
    if not fresh:
        return (name, "—", "—", failed(sizes, query, name), "—")
    told = (
        name,
        seconds(median(one.start for one in fresh.values())),
        seconds(median(one.cost for one in fresh.values())),
    )
    if name == base:
        return (*told, "baseline", "baseline")
    against = (lines(sizes, query, base, taken) for taken in (whole, hot))
    pairs = zip((fresh, session), against, strict=True)
    return (*told, *(_told(_settled(mine, other), sizes) for mine, other in pairs))


def _settled(mine: Mapping[int, Line], other: Mapping[int, Line]) -> Crossing:
    return settled([crossing(mine[number], other[number]) for number in mine if number in other])


def lines(
    sizes: Sizes, query: str, name: str, taken: Callable[[Run], float | None]
) -> dict[int, Line]:
    """Give the line of each round that ended well at both sizes."""
    few, many = (_times(stored, query, name, taken) for stored in (sizes.few, sizes.many))
    return {
        number: line(sizes.small, few[number], sizes.large, many[number])
        for number in few
        if number in many
    }


def _times(
    stored: Stored, query: str, name: str, taken: Callable[[Run], float | None]
) -> dict[int, float]:
    wrong = any(
        one.query == query and name in {d.engine for d in one.differ} for one in stored.agreements
    )
    runs = (run for run in stored.runs if (run.engine, run.query) == (name, query) and not wrong)
    times = {run.round: taken(run) for run in runs if run.outcome is Outcome.OK}
    return {number: time for number, time in times.items() if time is not None}


def whole(run: Run) -> float | None:
    """Give the seconds of a fresh process until its first answer."""
    parts = (run.times.startup, run.times.load, run.times.cold)
    return None if run.times.cold is None else sum(part or 0.0 for part in parts)


def hot(run: Run) -> float | None:
    """Give the seconds of the fastest later execution."""
    return min(run.times.hot, default=None)


def failed(sizes: Sizes, query: str, name: str) -> str:
    """Say how an engine failed that has no line."""
    runs = (*sizes.many.runs, *sizes.few.runs)
    ends = [r.outcome for r in runs if (r.engine, r.query) == (name, query)]
    bad = [end for end in ends if end is not Outcome.OK]
    if bad:
        return str(bad[0])
    return str(Outcome.WRONG if ends else Outcome.UNSUPPORTED)


def _told(found: Crossing, sizes: Sizes) -> str:
    if found.at is None:
        return str(found.kind)
    beyond = "" if sizes.small <= found.at <= sizes.large else " †"
    return f"{found.kind} {_count(found.at)} {sizes.unit}{beyond}"


def _count(number: float) -> str:
    digits = max(0, len(str(int(number))) - 2)
    return f"{round(number, -digits):,.0f}" if number >= 1 else three_digits(number)
