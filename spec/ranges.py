"""Between which numbers the values of an expression lie, as far as the data's own ends tell.

Missing values are left out. An end that is not known is infinite.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .expression import Agg, Arith, Call, Case, Cast, Col, Expr, Let, Lit, Neg
from .schema import Schema
from .vocabulary import CHOOSING

Number = int | float
# Rounding may carry a mean past the ends of its values by less than this share.
ROUNDING = 1e-9
# The sum of larger values, on the way to their mean, may be infinite.
LARGE = 1e200
# Integers beyond wrap around, or are floats.
INT64 = 2**63


@dataclass(frozen=True, slots=True)
class Range:
    """All numbers from `low` to `high`, both included."""

    low: Number = -math.inf
    high: Number = math.inf

    @property
    def has_zero(self) -> bool:
        """Return whether a value may be zero."""
        return self.low <= 0 <= self.high

    @property
    def negative(self) -> bool:
        """Return whether a value may be below zero."""
        return self.low < 0

    @property
    def finite(self) -> bool:
        """Return whether no value is infinite."""
        return math.isfinite(self.low) and math.isfinite(self.high)


ANY = Range()
POSITIVE = Range(0)
_NOTHING: Mapping[str, Range] = MappingProxyType({})


def compute_whole(node: Expr) -> int | None:
    """Return the value of an expression of whole constants; beyond 64 bits, any number beyond.

    >>> compute_whole(Arith("**", Lit(2), Neg(Lit(1)))) is None
    True
    """
    match node:
        case Lit(int() as value) if not isinstance(value, bool):
            return value
        case Neg(operand):
            found = compute_whole(operand)
            return None if found is None else -found
        case Arith(op, left, right) if op in WHOLE:
            one, other = compute_whole(left), compute_whole(right)
            if one is not None and other is not None and not (op == "**" and other < 0):
                return WHOLE[op](one, other)
    return None


def _raise_within(one: int, other: int) -> int:
    """Return a power, of an exponent that makes any number but 0, 1 and -1 too large."""
    return int(one ** min(other, 64 + other % 2))


WHOLE: Mapping[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "**": _raise_within,
}


def find_range(node: Expr, schema: Schema, names: Mapping[str, Range] = _NOTHING) -> Range:
    """Return the range of an expression's numbers; `names` has those of the names of `Let`."""
    return _Ranges(schema, names).of(node)


@dataclass(frozen=True, slots=True)
class _Ranges:
    schema: Schema
    names: Mapping[str, Range]

    def of(self, node: Expr) -> Range:
        match node:
            case Col(name):
                return self.names[name] if name in self.names else self._find_column(name)
            case Lit(int() | float() as value) if not isinstance(value, bool):
                return Range(value, value)
            case Neg(operand):
                inner = self.of(operand)
                return Range(-inner.high, -inner.low)
            case Cast(operand, _):
                return self.of(operand)
            case Arith(op, left, right):
                return _combine_arithmetic(op, self.of(left), self.of(right), right)
            case Call(function, arguments):
                return _call(function, [self.of(argument) for argument in arguments])
            case Agg(function, arguments):
                return self._find_aggregation(
                    function, [self.of(argument) for argument in arguments]
                )
            case Case(branches, otherwise):
                values = (*(value for _, value in branches), otherwise)
                return _span_hull(self.of(value) for value in values if value != Lit(None))
            case Let(name, value, body):
                return _Ranges(self.schema, {**self.names, name: self.of(value)}).of(body)
            case _:
                return ANY

    def _find_column(self, name: str) -> Range:
        if name not in self.schema:
            return ANY
        column = self.schema[name]
        low, high = column.low, column.high
        return Range(-math.inf if low is None else low, math.inf if high is None else high)

    def _find_aggregation(self, function: str, arguments: list[Range]) -> Range:
        match function:
            case "count" | "count_if" | "size" | "n_unique":
                return Range(0, self.schema.rows or math.inf)
            case "std" | "var" | "rolling_std" | "rolling_count":
                return POSITIVE
            case function if function in CHOOSING:
                return arguments[0]
            case "row_number" | "rank" | "dense_rank":
                return Range(1, self.schema.rows or math.inf)
            case "cumcount" | "percent_rank":
                return POSITIVE
            case "mean" | "median" | "quantile" | "rolling_mean" | "rolling_median" | "ewm_mean":
                return _widen(arguments[0])
            case "sum":
                return Range(0 if arguments[0].low >= 0 else -math.inf)
        return ANY


def _combine_arithmetic(op: str, x: Range, y: Range, right: Expr) -> Range:
    match op:
        case "+":
            return _make_range([x.low + y.low, x.high + y.high])
        case "-":
            return _make_range([x.low - y.high, x.high - y.low])
        case "*" | "/" if not (x.negative or y.negative) and not (x.finite and y.finite):
            return POSITIVE
        case "*":
            return _make_range(a * b for a in (x.low, x.high) for b in (y.low, y.high))
        case "/" | "//" if not y.has_zero:
            return _divide(op, x, y)
        case "%" if y.low > 0:
            return Range(0, y.high)
        case "/" if not (x.negative or y.negative):
            return POSITIVE
        case "**":
            return _raise_to_power(x, right)
    return ANY


def _divide(op: str, x: Range, y: Range) -> Range:
    try:
        ends = [a / b for a in (x.low, x.high) for b in (y.low, y.high)]
    except OverflowError:
        return ANY
    if op == "//" and all(map(math.isfinite, ends)):
        # A quotient of large integers is rounded.
        rounded = _widen(Range(min(ends), max(ends)))
        return _make_range([math.floor(rounded.low), rounded.high])
    return _make_range(ends)


def _raise_to_power(x: Range, right: Expr) -> Range:
    match right:
        case Lit(int() as power) if power % 2 == 0 and power >= 0:
            return POSITIVE
        case Lit(int() | float() as power) if power >= 0 and not x.negative:
            return POSITIVE
    return ANY


def _call(function: str, arguments: list[Range]) -> Range:
    first = arguments[0] if arguments else ANY
    match function:
        case "abs":
            ends = [abs(first.low), abs(first.high)]
            return _make_range([0 if first.has_zero else min(ends), max(ends)])
        case "sqrt" | "exp" | "len" | "year" | "month" | "day":
            return POSITIVE
        case "min":
            return Range(min(a.low for a in arguments), min(a.high for a in arguments))
        case "max":
            return Range(max(a.low for a in arguments), max(a.high for a in arguments))
    return ANY


def _widen(x: Range) -> Range:
    """Return the range of a value between others, which is rounded."""
    if max(-x.low, x.high) > LARGE:
        return ANY if x.negative else POSITIVE
    return Range(x.low - abs(x.low) * ROUNDING, x.high + abs(x.high) * ROUNDING)


def _span_hull(ranges: Iterable[Range]) -> Range:
    found = list(ranges)
    if not found:
        return ANY
    return Range(min(one.low for one in found), max(one.high for one in found))


def _make_range(ends: Iterable[Number]) -> Range:
    """Return the range of these ends; any number where they mean nothing, or an integer wraps."""
    found = list(ends)
    if any(map(math.isnan, found)) or any(isinstance(e, int) and abs(e) >= INT64 for e in found):
        return ANY
    return Range(min(found), max(found))
