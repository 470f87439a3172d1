"""Crossovers, growth and forecasts as sentences and cells of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...spec.sweep import AxisKind
from ..crossovers import Contest, Crossing, Stretch
from ..units import (
    format_percent,
    format_ratio,
    format_seconds,
    format_size,
    format_two_digits,
    join_names,
)
from .growth import Growth, MemoryForecast, SpeedUp

MILLION = 1_000_000
LARGE_SHARE = 1000  # %: from here on, three digits would be a power of ten
WIDE = 1.0  # an interval of a power that is wider says nothing


@dataclass(frozen=True, slots=True)
class SizeFormat:
    """How sizes of an axis are written."""

    kind: AxisKind

    def count(self, value: float) -> str:
        """Return a size without its unit, with two or three digits."""
        if self.kind.unit == "memory":
            return format_size(int(value))
        if self.kind.unit.startswith("%") and value < LARGE_SHARE:
            return f"{value:.3g}"
        return round_count(value)

    def format_exact(self, value: float) -> str:
        """Return a measured size as it was asked for."""
        whole = float(value).is_integer() and self.kind.unit != "memory"
        return f"{value:,.0f}" if whole else self.count(value)

    def name(self, value: float) -> str:
        """Return a measured size with its unit: `1 thread`, `10,000 rows`."""
        if self.kind.unit == "seed":
            return f"seed {value:.0f}"
        unit = self.unit.removesuffix("s") if value == 1 else self.unit
        return f"{self.format_exact(value)}{unit}"

    @property
    def unit(self) -> str:
        """Return the unit, with a space before it; nothing where the size itself has one."""
        return "" if self.kind.unit == "memory" else f" {self.kind.unit}"


def round_count(number: float) -> str:
    """Return a count with two digits.

    >>> round_count(37612.0), round_count(2.44e8), round_count(3.4)
    ('38,000', '240,000,000', '3.4')
    """
    if number < 10:
        return f"{number:.2g}"
    digits = len(str(int(number))) - 2
    return f"{round(number, -digits):,.0f}"


def describe_contest(engine: str, other: str, contest: Contest | None, form: SizeFormat) -> str:
    """Return in one sentence from which size on an engine is faster than another."""
    if contest is None:
        return f"{engine} and {other} were not measured at the same sizes"
    if not form.kind.ordered:
        return "; ".join(_describe_points(engine, other, contest, form))
    said = [_describe_crossing(engine, other, one, form) for one in contest.crossings]
    return "; ".join([*said, *_describe_rest(engine, other, contest, form)])


def _describe_crossing(engine: str, other: str, found: Crossing, form: SizeFormat) -> str:
    first, second = (engine, other) if found.faster else (other, engine)
    interval = f"[{form.count(found.low)}–{form.count(found.high)}]"
    return f"{first} overtakes {second} at {form.count(found.at)}{form.unit} {interval}"


def _describe_points(engine: str, other: str, contest: Contest, form: SizeFormat) -> Iterator[str]:
    """Yield at which points an engine is faster, slower, or neither is certain."""
    for sign, word in ((-1, "faster than"), (1, "slower than"), (0, "undecided against")):
        if points := [form.name(one.low) for one in contest.stretches if one.sign == sign]:
            yield f"{engine} is {word} {other} with {join_names(points)}"


def _describe_rest(engine: str, other: str, contest: Contest, form: SizeFormat) -> Iterator[str]:
    """Yield what no crossing says: one winner throughout, or where it is undecided."""
    decided = [one for one in contest.stretches if one.sign]
    first, last = form.count(contest.low), form.count(contest.high)
    if not decided:
        yield f"{engine} against {other} is undecided from {first} to {last}{form.unit}"
        return
    if not contest.crossings:
        word = "faster" if decided[0].sign < 0 else "slower"
        ranges = join_names([_describe_range(one, form) for one in decided])
        yield f"{engine} is {word} than {other} {ranges}{form.unit}"
    if gaps := list(_list_gaps(decided, contest, form)):
        yield f"undecided {join_names(gaps)}"


def _list_gaps(decided: Sequence[Stretch], contest: Contest, form: SizeFormat) -> Iterator[str]:
    """Yield the ranges that are undecided, beside those of the crossings."""
    if decided[0].low > contest.low:
        yield f"below {form.count(decided[0].low)}"
    for before, after in pairwise(decided):
        if before.sign == after.sign:
            yield f"from {form.count(before.high)} to {form.count(after.low)}"
    if decided[-1].high < contest.high:
        yield f"above {form.count(decided[-1].high)}"


def _describe_range(found: Stretch, form: SizeFormat) -> str:
    low, high = form.count(found.low), form.count(found.high)
    return f"at {low}" if low == high else f"from {low} to {high}"


def describe_power(growth: Growth | None) -> str:
    """Return the power that a cost grows with; that of a line where it was not fitted."""
    if growth is None:
        return "—"
    if not growth.b:
        return "constant"
    if not growth.tested:
        return "1 (assumed)"
    if growth.high - growth.low > WIDE:
        return "unclear"
    return f"{growth.c:.2f} [{growth.low:.2f}–{growth.high:.2f}]"


def describe_fixed(growth: Growth | None) -> str:
    """Return the part of a time that does not grow."""
    return "—" if growth is None else format_seconds(growth.a)


def describe_slope(found: MemoryForecast) -> str:
    """Return the bytes for each unit, with three digits."""
    rounded = float(f"{found.each:.3g}")
    return f"{rounded:,.0f}" if rounded >= 100 else f"{rounded:g}"


def describe_need(engine: str, found: MemoryForecast, limit: int, form: SizeFormat) -> str:
    """Return in one sentence an engine's memory for each unit, and the size that a limit holds."""
    need = f"{engine} needs {describe_slope(found)} bytes per {form.kind.unit.removesuffix('s')}"
    at, interval = describe_reach(found, limit, form).split(" [")
    return f"{need}; with {format_size(limit)} it ends at about {at}{form.unit} [{interval}"


def describe_miss(found: MemoryForecast, form: SizeFormat) -> str:
    """Return by how much the point that was held out was missed."""
    word = "over" if found.miss >= 0 else "under"
    return f"{format_percent(abs(found.miss))} {word}, at {form.count(found.largest)}{form.unit}"


def describe_reach(found: MemoryForecast, limit: int, form: SizeFormat) -> str:
    """Return at which size a limit of bytes is reached."""
    reach = found.reach(limit)
    if reach is None:
        return "at any size"
    at, low, high = map(_shorten_count if form.kind.unit == "rows" else form.count, reach)
    return f"{at} [{low}–{high}]"


def _shorten_count(number: float) -> str:
    """Return a count with two digits, short enough for a cell beside its interval.

    >>> _shorten_count(2.44e8), _shorten_count(99_600.0)
    ('2.4e8', '100,000')
    """
    if number < MILLION:
        return round_count(number)
    digits, _, power = f"{number:.1e}".partition("e")
    return f"{digits}e{int(power)}"


def describe_help(engine: str, found: Sequence[SpeedUp], sizes: tuple[str, str]) -> str:
    """Return in one sentence what more threads are worth, from the least question to the most."""
    speeds = sorted(one.speedup[0] for one in found)
    ends = dict.fromkeys(map(format_two_digits, (speeds[0], speeds[-1])))
    return f"{engine} is {' to '.join(ends)} times as fast with {sizes[1]} as with {sizes[0]}"


def describe_speedup(found: SpeedUp) -> tuple[str, str]:
    """Return the speed-up at the most threads, and the serial share."""
    serial, least, most = (format_percent(share) for share in (found.serial, found.low, found.high))
    if not found.known:
        return f"{format_ratio(found.speedup[0])}, one round", serial
    value, low, high = (format_ratio(number)[:-1] for number in found.speedup)
    return f"{value}× [{low}–{high}]", f"{serial} [{least}–{most}]"
