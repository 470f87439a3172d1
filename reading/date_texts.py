"""Texts of times: `strftime` with the parts that the language has."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..spec.expression import Call, Compare, Expr, Lit, case
from . import operators
from .calls import CodeCall
from .values import Part, Value

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _padded(word: str, width: int) -> Callable[[Expr], Expr]:
    return lambda time: Call("zfill", (Call("text", (Call(word, (time,)),)), Lit(width)))


def _named(word: str, first: int, names: tuple[str, ...], length: int) -> Callable[[Expr], Expr]:
    def write(time: Expr) -> Expr:
        part = Call(word, (time,))
        tests = tuple(
            (Compare("==", part, Lit(place)), Lit(name[:length]))
            for place, name in enumerate(names, first)
        )
        return case(tests, Lit(None))

    return write


PARTS: dict[str, Callable[[Expr], Expr]] = {
    "%Y": _padded("year", 4),
    "%m": _padded("month", 2),
    "%d": _padded("day", 2),
    "%H": _padded("hour", 2),
    "%M": _padded("minute", 2),
    "%S": _padded("second", 2),
    "%j": _padded("day_of_year", 3),
    "%B": _named("month", 1, MONTHS, 99),
    "%b": _named("month", 1, MONTHS, 3),
    "%A": _named("weekday", 0, DAYS, 99),
    "%a": _named("weekday", 0, DAYS, 3),
}


def read_strftime(call: CodeCall, owner: Value) -> Value:
    """Read `strftime(format)`: its parts one behind the other."""
    form = call.constant("date_format")
    pieces = re.findall(r"%.|[^%]+", form) if isinstance(form, str) else []
    unknown = [one for one in pieces if one.startswith("%") and one not in PARTS]
    if unknown or not pieces:
        known = " ".join(PARTS)
        raise call.fail(f"strftime is read with a constant format of {known}")
    found = operators.align(call.node, owner.owner if isinstance(owner, Part) else owner)
    time = found.exprs[0]
    parts = [PARTS[one](time) if one in PARTS else Lit(one) for one in pieces]
    return found.make(parts[0] if len(parts) == 1 else Call("concat", tuple(parts)))
