"""Texts of times: `strftime` with the parts that the language has."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from ..spec.expression import Call, Compare, Expr, Lit, build_case
from . import alignment
from .calls import CodeCall
from .values import Part, Value

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _make_padded(word: str, width: int) -> Callable[[Expr], Expr]:
    return lambda time: Call("zfill", (Call("text", (Call(word, (time,)),)), Lit(width)))


def _make_named(
    word: str, first: int, names: tuple[str, ...], length: int
) -> Callable[[Expr], Expr]:
    def write(time: Expr) -> Expr:
        part = Call(word, (time,))
        tests = tuple(
            (Compare("==", part, Lit(place)), Lit(name[:length]))
            for place, name in enumerate(names, first)
        )
        return build_case(tests, Lit(None))

    return write


PARTS: dict[str, Callable[[Expr], Expr]] = {
    "%Y": _make_padded("year", 4),
    "%m": _make_padded("month", 2),
    "%d": _make_padded("day", 2),
    "%H": _make_padded("hour", 2),
    "%M": _make_padded("minute", 2),
    "%S": _make_padded("second", 2),
    "%j": _make_padded("day_of_year", 3),
    "%B": _make_named("month", 1, MONTHS, 99),
    "%b": _make_named("month", 1, MONTHS, 3),
    "%A": _make_named("weekday", 0, DAYS, 99),
    "%a": _make_named("weekday", 0, DAYS, 3),
}


def read_strftime(call: CodeCall, owner: Value) -> Value:
    """Read `strftime(format)`: its parts one behind the other."""
    form = call.read_constant("date_format")
    pieces = re.findall(r"%.|[^%]+", form) if isinstance(form, str) else []
    unknown = [one for one in pieces if one.startswith("%") and one not in PARTS]
    if unknown or not pieces:
        known = " ".join(PARTS)
        raise call.fail(f"strftime is read with a constant format of {known}")
    found = alignment.align(call.node, owner.owner if isinstance(owner, Part) else owner)
    return found.make(_write_text(found.exprs[0], pieces))


def guess_format(texts: Sequence[str], *, dayfirst: bool = False) -> str | None:
    """Return the format that pandas guesses of texts; None where there is none, or several."""
    from pandas.tseries.api import guess_datetime_format  # noqa: PLC0415 - few texts need it

    forms = {guess_datetime_format(text, dayfirst=dayfirst) for text in texts}
    return forms.pop() if len(forms) == 1 else None


# The text of a period, by the unit that its time is truncated to.
PERIODS = {
    "year": ("%Y",),
    "quarter": ("%Y", "Q", "%q"),
    "month": ("%Y", "-", "%m"),
    "day": ("%Y", "-", "%m", "-", "%d"),
}


def write_period_text(node: ast.AST, start: Expr) -> Expr | None:
    """Return the text that `to_period(unit).astype(str)` gives; None for any other call."""
    match node, start:
        case (
            ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Attribute(attr="to_period")))),
            Call("truncate", (time, Lit(str() as unit))),
        ) if unit in PERIODS:
            return _write_text(time, PERIODS[unit])
    return None


def _write_text(time: Expr, pieces: Sequence[str]) -> Expr:
    quarter = Call("text", (Call("quarter", (time,)),))
    others = {"%q": quarter}
    parts = [PARTS[p](time) if p in PARTS else others.get(p, Lit(p)) for p in pieces]
    return parts[0] if len(parts) == 1 else Call("concat", tuple(parts))
