"""The axes of a sweep: which number of a workload takes which values, in the notation of people.

rows=1e4..1e7       a range: geometric, at most a factor of ten from one value to the next
rows=1e4..1e7:7     a range of seven values
threads=1,2,4       a list; ranges and values can be mixed
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from .quantities import parse_number, parse_percent, parse_size
from .vocabulary import suggest

MOST_VALUES = 50
FEWEST_STEPS = 3  # of a range: with fewer, no curve can be told from a line
WIDEST_STEP = 10.0  # a factor
RANGE, COUNT = "..", ":"


@dataclass(frozen=True, slots=True)
class AxisKind:
    """A number that a sweep can change: its key in a workload, its reading and its spelling.

    `harder` is 1 where larger values need more memory and time, -1 where smaller ones do, and 0
    where neither is known. Where it is not `ordered`, nothing lies between two values. Where it is
    the `amount` of all data, an engine holds at 0 what it holds at its start.
    """

    key: str
    harder: int
    unit: str
    read: Callable[[str], float]
    write: Callable[[float], str]
    doubling: bool = False
    ordered: bool = True
    amount: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A number of a workload with the values that it takes, ascending, at least one."""

    name: str
    kind: AxisKind
    values: tuple[float, ...]

    @property
    def text(self) -> str:
        """Return the axis as it is written: `rows=10000,100000`."""
        return f"{self.name}={','.join(map(self.kind.write, self.values))}"


def _read_number(text: str) -> float:
    value = parse_number(text)
    if value is None:
        raise ValueError(f"{text!r} is not a number")
    return value


def _read_whole(text: str) -> float:
    value = _read_number(text)
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{text!r} is not a whole number from 0")
    return value


def _write_number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(value)


def _write_size(value: float) -> str:
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if value % size == 0:
            return f"{value // size:.0f}{unit}"
    return f"{value:.0f}"


def _write_share(value: float) -> str:
    return f"{value:.12g}%"


def _make_whole_axis(key: str, harder: int, unit: str, *, amount: bool = False) -> AxisKind:
    return AxisKind(key, harder, unit, _read_whole, _write_number, amount=amount)


KINDS: Mapping[str, AxisKind] = MappingProxyType(
    {
        "rows": _make_whole_axis("dataset.rows", 1, "rows", amount=True),
        "groups": _make_whole_axis("dataset.groups", 1, "groups"),
        "nulls": _make_whole_axis("dataset.nulls", 0, "% missing"),
        "seed": AxisKind("dataset.seed", 0, "seed", _read_whole, _write_number, ordered=False),
        "share": AxisKind(
            "dataset.share", 1, "% of the data", parse_percent, _write_share, amount=True
        ),
        "count": _make_whole_axis("tasks.count", 1, "tasks", amount=True),
        "threads": AxisKind(
            "limits.threads", 0, "threads", _read_whole, _write_number, doubling=True, ordered=False
        ),
        "memory": AxisKind("limits.memory", -1, "memory", parse_size, _write_size, doubling=True),
    }
)


def find_kind(name: str, arguments: Iterable[str]) -> AxisKind:
    """Return the kind of an axis: a number of the workload, or an argument of its tasks.

    Raises ValueError for a name that is neither.
    """
    if name in KINDS:
        return KINDS[name]
    known = tuple(arguments)
    if name in known:
        key = f"tasks.arguments.{name}"
        return AxisKind(key, 0, name, _read_number, _write_number)
    names = (*KINDS, *known)
    meant = suggest(name, names) or f"; expected one of: {', '.join(names)}"
    raise ValueError(f"{name!r} is not a number that a sweep can change{meant}")


def read_axis(name: str, words: Sequence[str], arguments: Iterable[str] = ()) -> Axis:
    """Return an axis from values and ranges; ValueError describes the first mistake.

    >>> read_axis("rows", ["1e4..1e6"]).values
    (10000, 46000, 220000, 1000000)
    >>> read_axis("memory", ["512MiB..2GiB"]).text
    'memory=512MiB,1GiB,2GiB'
    """
    kind = find_kind(name, arguments)
    values = [value for word in words for value in _read_word(kind, word.strip())]
    if not values:
        raise ValueError(f"{name} has no values; write a range such as {name}=1e4..1e6")
    chosen = sorted(set(values))
    if len(chosen) > MOST_VALUES:
        raise ValueError(f"{name} has {len(chosen)} values; at most {MOST_VALUES} are possible")
    return Axis(name, kind, tuple(chosen))


def _read_word(kind: AxisKind, word: str) -> Sequence[float]:
    first, dots, rest = word.partition(RANGE)
    if not dots:
        return (kind.read(word),)
    if rest.startswith("."):
        raise ValueError(f"the range {word!r} has three dots; write {first}..{rest.lstrip('.')}")
    last, colon, count = rest.partition(COUNT)
    if not first or not last:
        raise ValueError(f"the range {word!r} needs two ends, such as 1e4..1e6")
    low, high = kind.read(first.strip()), kind.read(last.strip())
    if low <= 0:
        raise ValueError(f"the range {word!r} is geometric and starts above 0; list its values")
    if low > high:
        raise ValueError(f"the range {word!r} runs backwards; write {last.strip()}..{first}")
    if low == high:
        raise ValueError(f"the range {word!r} holds a single value; write {first}")
    return _spread_values(kind, low, high, _read_steps(count) if colon else 0)


def _read_steps(count: str) -> int:
    number = parse_number(count.strip())
    if not isinstance(number, int) or not 2 <= number <= MOST_VALUES:
        raise ValueError(f"{count!r} values: a range has 2 to {MOST_VALUES}")
    return number - 1


def _spread_values(kind: AxisKind, low: float, high: float, steps: int) -> Sequence[float]:
    """Return a geometric range with both ends; sizes and threads double where that fits."""
    doublings = math.log2(high / low)
    if not steps and kind.doubling and doublings.is_integer():
        return [low * 2**i for i in range(int(doublings) + 1)]
    steps = steps or max(FEWEST_STEPS, math.ceil(round(math.log(high / low, WIDEST_STEP), 9)))
    inside = (low * (high / low) ** (i / steps) for i in range(1, steps))
    whole = isinstance(low, int) and isinstance(high, int)
    return (low, *(_round(value) if whole else float(f"{value:.3g}") for value in inside), high)


def _round(value: float) -> int:
    """Return a whole number of two digits and zeros."""
    return round(value) if value < 100 else int(float(f"{value:.1e}"))
