"""The row functions and operators of the language in plain Python."""

from __future__ import annotations

import datetime as dt
import math
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ..spec.intervals import SECONDS
from ..spec.patterns import for_python
from .time_zones import truncate


def combine_truths(decisive: bool, values: Sequence[bool | None]) -> bool | None:
    """Join conditions: `or` is decided by a true one, `and` by a false one, in any place."""
    if any(value is not None and bool(value) is decisive for value in values):
        return decisive
    return None if None in values else not decisive


def _divide(left: Number, right: Number) -> float | None:
    if right != 0:
        return left / right
    if left == 0:
        return None
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def _compute_floor_divide(left: Number, right: Number) -> Number | None:
    return None if right == 0 else left // right


def _compute_modulo(left: Number, right: Number) -> Number | None:
    return None if right == 0 else left % right


def _compute_power(left: Number, right: Number) -> Number | None:
    value = left**right
    return None if isinstance(value, complex) else value


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "//": _compute_floor_divide,
    "%": _compute_modulo,
    "**": _compute_power,
}


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _log(log: Callable[[Number], float]) -> Callable[[Number], float]:
    # Python raises at 0, as it does below; a column is minus infinity there
    return lambda value: -math.inf if value == 0 else log(value)


def _keep_type(function: Callable[[Number], Number]) -> Callable[[Number], Number]:
    # a float stays one, and may be infinite: Python's floor gives integers, and raises there
    def call(value: Number) -> Number:
        return value if math.isinf(value) else type(value)(function(value))

    return call


def _round(value: Number, places: int = 0) -> Number:
    return value if math.isinf(value) else round(value, places)


def _compute_upper(letter: str) -> str:
    """Return a letter's capital, which is one letter: of "ß" and "ᾀ" too."""
    forms = (letter.upper(), letter.title(), "ẞ" if letter == "ß" else letter)
    return next(form for form in forms if len(form) == 1)


def _lower(letter: str) -> str:
    return letter.lower()[0]


def _extract(text: str, pattern: str, group: int) -> str | None:
    found = re.search(for_python(pattern), text)
    return found[group] if found else None


def _split(text: str, separator: str | None, place: int) -> str | None:
    parts = text.split(separator)
    return parts[place] if -len(parts) <= place < len(parts) else None


def _count_units(seconds: int) -> Callable[[dt.datetime, dt.datetime], int]:
    return lambda later, earlier: (later - earlier) // dt.timedelta(seconds=seconds)


def _parse(text: str, written: str) -> dt.date:
    moment = dt.datetime.strptime(text, written)
    return moment if re.search("%[HMS]", written) else moment.date()


def _compute_coalesce(*values: Cell) -> Cell:
    return next((value for value in values if value is not None), None)


def _map(value: Cell, default: Cell, *pairs: Cell) -> Cell:
    return dict(zip(pairs[::2], pairs[1::2], strict=True)).get(value, default)


def _compute_integer(value: Number | str) -> int | None:
    if isinstance(value, str) and not re.fullmatch("[+-]?[0-9]+", value):
        return None
    if isinstance(value, float) and math.isinf(value):
        return None
    return number if -(2**63) <= (number := int(value)) < 2**63 else None


def _number(value: Number | str) -> float:
    if isinstance(value, str) and ("_" in value or not value.strip().isascii()):
        raise ValueError(value)  # 1_000 and ٣ are numbers to Python alone
    return float(value)


CALLS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "sqrt": math.sqrt,
    "log": _log(math.log),
    "log10": _log(math.log10),
    "exp": math.exp,
    "log2": _log(math.log2),
    "log1p": lambda value: -math.inf if value == -1 else math.log1p(value),
    "expm1": math.expm1,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "atan2": math.atan2,
    "sinh": lambda value: math.copysign(math.inf, value) if abs(value) > 710 else math.sinh(value),
    "cosh": math.cosh,
    "tanh": math.tanh,
    "radians": math.radians,
    "degrees": math.degrees,
    "hypot": math.hypot,
    "sign": lambda value: type(value)((value > 0) - (value < 0)),
    "clip": lambda value, low, high: min(max(value, low), high),
    "coalesce": _compute_coalesce,
    "map": _map,
    "floor": _keep_type(math.floor),
    "ceil": _keep_type(math.ceil),
    "round": _round,
    "min": min,
    "max": max,
    "lower": lambda text: "".join(map(_lower, text)),
    "upper": lambda text: "".join(map(_compute_upper, text)),
    "strip": str.strip,
    "len": len,
    "count_words": lambda text: len(text.split()),
    "contains": operator.contains,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "is_numeric": lambda text: re.fullmatch("[0-9]+", text) is not None,
    "matches": lambda text, pattern: re.search(for_python(pattern), text) is not None,
    "extract": _extract,
    "replace": str.replace,
    "split": _split,
    "slice": lambda text, start, end=None: text[start:end],
    "zfill": str.zfill,
    "concat": lambda *texts: "".join(texts),
    "text": str,
    "integer": _compute_integer,
    "number": _number,
    "year": operator.attrgetter("year"),
    "month": operator.attrgetter("month"),
    "day": operator.attrgetter("day"),
    "hour": operator.attrgetter("hour"),
    "minute": operator.attrgetter("minute"),
    "second": operator.attrgetter("second"),
    "weekday": lambda moment: moment.weekday(),
    "day_of_year": lambda moment: moment.timetuple().tm_yday,
    "week": lambda moment: moment.isocalendar().week,
    "quarter": lambda moment: (moment.month + 2) // 3,
    "date": lambda moment: dt.date(moment.year, moment.month, moment.day),
    "truncate": truncate,
    **{unit: _count_units(seconds) for unit, seconds in SECONDS.items()},
    "offset": lambda moment, count, unit: moment + dt.timedelta(**{unit: count}),
    "parse": _parse,
}


# of a column: a number, text, truth, date, or None
Cell: TypeAlias = Any


Number: TypeAlias = int | float
