"""The constants behind the values of a call: what each may be, and how a message names it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .expression import (
    Expr,
    Lit,
    Neg,
)
from .formats import is_time_format
from .intervals import CLOCK, DAYS, SECONDS, is_unit, read_span
from .patterns import PatternError, read_pattern
from .vocabulary import (
    Function,
    Setting,
)

MOST_STEPS = 2**31 - 1  # pandas and datatable count them in 32 bits
MOST_PLACES = 22  # engines scale by a power of ten, and 10**22 is the largest that a float holds


@dataclass(frozen=True, slots=True)
class Rule:
    """Whether a constant is allowed, what a message says is needed, and an example of one.

    `default` stands in its place where only a later setting is given.
    """

    allows: Callable[[object], bool]
    needs: str
    example: str
    default: str | bool | None = None


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1


def _is_steps(value: object) -> bool:
    return _is_whole(value) and 1 <= value <= MOST_STEPS  # type: ignore[operator]


def _is_window(value: object) -> bool:
    return _is_steps(value) or (isinstance(value, str) and read_span(value) is not None)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_piece(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_format(value: object) -> bool:
    form = "(?=.*%)([^%]|%[YymdbBHMS])+"
    return isinstance(value, str) and re.fullmatch(form, value, re.DOTALL) is not None


# How equal values are ranked.
METHODS = ("min", "max", "average", "dense", "first")
RULES: dict[Setting, Rule] = {
    "text": Rule(_is_text, "a text in quotes", "'a'"),
    "piece": Rule(_is_piece, "a text in quotes with at least one character", "'a'"),
    "separator": Rule(
        lambda value: value is None or _is_piece(value),
        "a separator in quotes with at least one character",
        "','",
    ),
    "pattern": Rule(_is_text, "a regular expression in quotes", "'^[a-z]+'"),
    "group": Rule(
        lambda value: _is_whole(value) and value >= 0,  # type: ignore[operator]
        "the number of a group of its regular expression",
        "0",
    ),
    "place": Rule(_is_whole, "a whole number", "0"),
    "end": Rule(lambda value: value is None or _is_whole(value), "a whole number", "3"),
    "width": Rule(_is_steps, "a whole number of characters, 1 to 2,147,483,647", "5"),
    "places": Rule(
        lambda value: _is_whole(value) and abs(value) <= MOST_PLACES,  # type: ignore[arg-type]
        "a whole number of decimal places, -22 to 22",
        "2",
    ),
    "unit": Rule(
        is_unit,
        f"a unit: one of {', '.join((*DAYS, *CLOCK))}, or a part of a day as '15min' or '10s'",
        "'month'",
    ),
    "count": Rule(_is_whole, "a whole number", "3"),
    "span": Rule(lambda value: value in SECONDS, f"one of {', '.join(SECONDS)}", "'days'"),
    "format": Rule(
        _is_format, "a format of %Y %y %m %d %b %B %H %M %S, such as '%d/%m/%Y'", "'%d/%m/%Y'"
    ),
    "time_format": Rule(
        is_time_format,
        "a format of %Y %m %d %H %M %S %j %b %B %a %A, such as '%Y-%m'",
        "'%Y-%m'",
    ),
    "share": Rule(_is_share, "a number from 0 to 1", "0.5"),
    "bound": Rule(_is_number, "two numbers as bounds", "1"),
    "steps": Rule(_is_steps, "a whole number of rows, 1 to 2,147,483,647", "1"),
    "method": Rule(
        lambda value: value in METHODS, f"a method: one of {', '.join(METHODS)}", "'min'", "min"
    ),
    "window": Rule(
        _is_window,
        "a whole number of rows, 1 to 2,147,483,647, or a time such as '7d' or '15min'",
        "3",
    ),
    "at_least": Rule(_is_steps, "a whole number of values, 1 to 2,147,483,647", "1"),
    "smoothing": Rule(
        lambda value: _is_number(value) and value >= 1,  # type: ignore[operator]
        "a span of rows, 1 or more",
        "3",
    ),
    "descending": Rule(
        lambda value: isinstance(value, bool), "True or False", "True", default=False
    ),
}


class SettingError(ValueError):
    """A constant that its place in a call cannot take."""


def read_setting(function: str, setting: Setting, node: Expr) -> Expr:
    """Return a setting as engines are given it; raise SettingError for one that is not allowed."""
    rule = RULES[setting]
    value = _parse_constant(node)
    if value is Ellipsis or not rule.allows(value):
        raise SettingError(f"{function} needs {rule.needs}")
    if setting == "pattern":
        try:
            return Lit(read_pattern(str(value), capture=function == "extract"))
        except PatternError as error:
            raise SettingError(f"{function}: {error}") from None
    return Lit(value) if setting in {"place", "end", "bound", "count"} else node  # type: ignore[arg-type]


def write_example(name: str, function: Function) -> str:
    """Return a call of a function, as `round(x, 2)`."""
    values = ("x", "y")[: function.least]
    settings = (RULES[setting].example for setting in function.settings)
    return function.example or f"{name}({', '.join((*values, *settings))})"


def _parse_constant(node: Expr) -> object:
    """Return a constant's value; Ellipsis where the expression is none."""
    match node:
        case Lit(value):
            return value
        case Neg(Lit(int() | float() as value)):
            return -value
    return Ellipsis


def takes_count(function: Function, count: int) -> bool:
    """Return whether a function can be called with so many arguments."""
    settings = len(function.settings)
    if function.least + settings - function.optional > count:
        return False
    return function.most is None or count <= function.most + settings


def describe_arity(function: Function) -> str:
    """Return how many arguments a function takes: "one argument or 3"."""
    least = function.least + len(function.settings) - function.optional
    words = ("no argument", "one argument", "two arguments", "three arguments")[least]
    if function.most is None:
        return f"{words} or more"
    most = function.most + len(function.settings)
    return words if most == least else f"{words} or {most}"
