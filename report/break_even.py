"""Break-even points: how many rows, groups or tasks an engine needs to beat the baseline.

Times at two sizes give a line for each engine; where two lines cross is the break-even point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median

import numpy as np

from ..storage.folder import StoredComparison
from ..storage.records import Outcome, Run
from .crossovers import Contest, Curve, compare_within
from .model import Grid, Story
from .spread import pool
from .trend import fit
from .units import format_seconds, format_three_digits

TITLE = "Break-even points"
FAR_BEYOND = 100.0  # a crossing further from the measured sizes is no finding
LEAST_APART = 1.5  # ratio of group counts: below it, sizes are given in rows
LEGEND = (
    "Model: time = fixed cost + n x cost per unit, a line through the times at two sizes, fitted "
    "to each round separately. Values are medians over rounds, with the 95 % interval of the "
    "crossover where there are two rounds or more; undecided means that the rounds disagree on "
    "whether the lines cross, or that none certainly does. Fresh process: imports, cluster start, "
    "load and first execution. Warm process: the fastest later execution. † marks an extrapolation "
    "beyond the measured sizes. Groups have the same size in both measurements."
)


class Kind(StrEnum):
    """How two lines lie: which is lower, and where."""

    ALWAYS = "always"
    FROM = "from"
    BELOW = "only below"
    NEVER = "never on this machine"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class CostModel:
    """Seconds at nothing, and for each row or task."""

    start: float
    cost: float


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Where an engine's line crosses the baseline's; `at` is None where it does not."""

    kind: Kind
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Sizes:
    """A question at two sizes, in rows, groups or tasks."""

    query: str
    small: int
    large: int
    few: StoredComparison
    many: StoredComparison
    unit: str


def describe_line(small: int, few: float, large: int, many: float) -> CostModel:
    """Return the line through two points; a cost below zero is noise, and none.

    >>> describe_line(100, 1.5, 200, 2.0)
    CostModel(start=1.0, cost=0.005)
    """
    cost = max(0.0, (many - few) / (large - small))
    return CostModel(max(0.0, few - cost * small), cost)


def find_crossing(own: CostModel, base: CostModel) -> BreakEven:
    """Describe where an engine's line is below the baseline's.

    >>> find_crossing(CostModel(1.0, 0.001), CostModel(0.0, 0.002))
    BreakEven(kind=<Kind.FROM: 'from'>, at=1000.0)
    """
    dearer, slower = own.start - base.start, own.cost - base.cost
    if dearer <= 0 and slower <= 0:
        return BreakEven(Kind.NEVER if dearer == slower == 0 else Kind.ALWAYS)
    if dearer >= 0 and slower >= 0:
        return BreakEven(Kind.NEVER)
    return BreakEven(Kind.BELOW if slower > 0 else Kind.FROM, -dearer / slower)


def combine(found: Sequence[BreakEven]) -> BreakEven:
    """Return what rounds agree on: their median; undecided where they differ in kind."""
    kinds = {one.kind for one in found}
    if not kinds:
        return BreakEven(Kind.UNDECIDED)
    if kinds == {Kind.ALWAYS, Kind.FROM}:
        return BreakEven(Kind.FROM, median(one.at or 0.0 for one in found))
    if len(kinds) > 1:
        return BreakEven(Kind.UNDECIDED)
    places = [one.at for one in found if one.at is not None]
    return BreakEven(found[0].kind, median(places) if places else None)


def describe_stories(stored: StoredComparison) -> tuple[Story, ...]:
    """Return the section of a comparison that was measured at a tenth of its size too."""
    if stored.tenth is None or not stored.tenth.runs:
        return ()
    asked = [one for query in stored.tenth.head.queries if (one := describe_sizes(stored, query))]
    grids = tuple(_describe_grid(one) for one in asked)
    return (Story(TITLE, grids, LEGEND, stored.tenth.warnings),) if grids else ()


def describe_sizes(stored: StoredComparison, query: str) -> Sizes | None:
    """Return a question's two sizes; None where they are unknown or equal."""
    assert stored.tenth is not None
    few, many = stored.tenth, stored
    unit = _describe_unit(stored, query)
    counts = (_count_groups(few, query), _count_groups(many, query))
    if unit != "groups" or counts[1] < LEAST_APART * counts[0] or not counts[0]:
        unit = "rows" if unit == "groups" else unit
        counts = (_describe_size(few, query), _describe_size(many, query))
    if counts[0] >= counts[1]:
        return None
    return Sizes(query, *counts, few, many, unit)


def _describe_unit(stored: StoredComparison, query: str) -> str:
    units = stored.head.measure.get("units")
    return str(units.get(query, "rows")) if isinstance(units, dict) else "rows"


def _describe_size(stored: StoredComparison, query: str) -> int:
    sizes = stored.head.measure.get("sizes")
    size = sizes.get(query) if isinstance(sizes, dict) else None
    return size if isinstance(size, int) else 0


def _count_groups(stored: StoredComparison, query: str) -> int:
    """Return the rows of a question's answer: a group function gives one for each group."""
    runs = (run for run in stored.runs if run.query == query and run.outcome is Outcome.OK)
    return max((run.rows or 0 for run in runs), default=0)


def _describe_grid(sizes: Sizes) -> Grid:
    base = sizes.many.head.baseline
    unit = sizes.unit.removesuffix("s")
    fresh, warm = (
        f"faster than {base}, {process}" for process in ("fresh process", "warm process")
    )
    headings = ("engine", "fixed cost", f"cost per {unit}", fresh, warm)
    engines = [name for name in sizes.many.head.engines if name != base]
    rows = [_describe_row(sizes, name, base) for name in (base, *engines)]
    caption = f"{sizes.query}: {sizes.small:,} and {sizes.large:,} {sizes.unit}"
    return Grid(caption, headings, rows)


def _describe_row(sizes: Sizes, name: str, base: str) -> tuple[str, ...]:
    fresh, session = (describe_lines(sizes, name, taken) for taken in (sum_seconds, find_fastest))
    if not fresh:
        return (name, "—", "—", describe_failure(sizes, name), "—")
    head = (
        name,
        format_seconds(median(one.start for one in fresh.values())),
        format_seconds(median(one.cost for one in fresh.values())),
    )
    if name == base:
        return (*head, "baseline", "baseline")
    against = (describe_lines(sizes, base, taken) for taken in (sum_seconds, find_fastest))
    pairs = zip((fresh, session), against, strict=True)
    return (
        *head,
        *(
            _describe_crossing(
                _combine_rounds(mine, other), sizes, _compare(sizes, name, base, taken)
            )
            for (mine, other), taken in zip(pairs, (sum_seconds, find_fastest), strict=True)
        ),
    )


def _combine_rounds(mine: Mapping[int, CostModel], other: Mapping[int, CostModel]) -> BreakEven:
    return combine(
        [find_crossing(mine[number], other[number]) for number in mine if number in other]
    )


def describe_lines(
    sizes: Sizes, name: str, taken: Callable[[Run], float | None]
) -> dict[int, CostModel]:
    """Return the line of each round that ended well at both sizes."""
    few, many = (
        _collect_times(stored, sizes.query, name, taken) for stored in (sizes.few, sizes.many)
    )
    return {
        number: describe_line(sizes.small, few[number], sizes.large, many[number])
        for number in few
        if number in many
    }


def _collect_times(
    stored: StoredComparison, query: str, name: str, taken: Callable[[Run], float | None]
) -> dict[int, float]:
    wrong = any(
        one.query == query and name in {d.engine for d in one.differ}
        for one in stored.agreements
        if not one.unchecked
    )
    runs = (run for run in stored.runs if (run.engine, run.query) == (name, query) and not wrong)
    times = {run.round: taken(run) for run in runs if run.outcome is Outcome.OK}
    return {number: time for number, time in times.items() if time is not None}


def sum_seconds(run: Run) -> float | None:
    """Return the seconds of a fresh process until its first answer."""
    parts = (run.times.startup, run.times.load, run.times.cold)
    return None if run.times.cold is None else sum(part or 0.0 for part in parts)


def find_fastest(run: Run) -> float | None:
    """Return the seconds of the fastest later execution."""
    return min(run.times.hot, default=None)


def describe_failure(sizes: Sizes, name: str) -> str:
    """Describe how an engine failed that has no line."""
    runs = (*sizes.many.runs, *sizes.few.runs)
    ends = [r.outcome for r in runs if (r.engine, r.query) == (name, sizes.query)]
    bad = [end for end in ends if end is not Outcome.OK]
    if bad:
        return str(bad[0])
    return str(Outcome.WRONG if ends else Outcome.UNSUPPORTED)


def _describe_crossing(found: BreakEven, sizes: Sizes, contest: Contest | None) -> str:
    """Return where an engine pays, with the 95 % interval where two rounds give one."""
    if found.at is None:
        return str(found.kind)
    beyond = "" if sizes.small <= found.at <= sizes.large else " †"
    said = f"{found.kind} {_round_count(found.at)} {sizes.unit}"
    if contest is None:
        return said + beyond
    if len(contest.crossings) != 1:
        return str(Kind.UNDECIDED)
    (one,) = contest.crossings
    return f"{said} [{_round_count(one.low)}–{_round_count(one.high)}]{beyond}"


def _compare(
    sizes: Sizes, name: str, base: str, taken: Callable[[Run], float | None]
) -> Contest | None:
    """Compare the lines of two engines far beyond both sizes; None where nothing ran twice."""
    own, other = (_make_curve(sizes, one, taken) for one in (name, base))
    if own is None or other is None:
        return None
    return compare_within([(own, other)], sizes.small / FAR_BEYOND, sizes.large * FAR_BEYOND)


def _make_curve(sizes: Sizes, name: str, taken: Callable[[Run], float | None]) -> Curve | None:
    rows = [
        tuple(_collect_times(one, sizes.query, name, taken).values())
        for one in (sizes.few, sizes.many)
    ]
    spread = pool(rows)
    if spread is None or not all(rows):
        return None
    logs = np.array([fmean(map(math.log, row)) for row in rows])
    trend = fit(np.array([float(sizes.small), float(sizes.large)]), logs, power=1.0)
    variances = np.array([spread.variance / len(row) for row in rows])
    return Curve(trend, variances, np.full(2, spread.freedom))


def _round_count(number: float) -> str:
    digits = max(0, len(str(int(number))) - 2)
    return f"{round(number, -digits):,.0f}" if number >= 1 else format_three_digits(number)
