"""Texts of times: `format(x, '%Y-%m')` is read as its parts, one behind the other."""

from __future__ import annotations

import re
from collections.abc import Callable

from .expression import Call, Case, Compare, Expr, Lit

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PIECES = re.compile(r"%.|[^%]+", re.DOTALL)


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
        return Case(tests, Lit(None))

    return write


# What strftime writes for each directive that every engine can have.
DIRECTIVES: dict[str, Callable[[Expr], Expr]] = {
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
    "%%": lambda _time: Lit("%"),
}


def is_time_format(value: object) -> bool:
    """Return whether a value is a format with at least one part of a time."""
    if not isinstance(value, str) or len("".join(PIECES.findall(value))) != len(value):
        return False
    found = {piece for piece in PIECES.findall(value) if piece.startswith("%")}
    return bool(found - {"%%"}) and found <= DIRECTIVES.keys()


def write_format(time: Expr, format_: str) -> Expr:
    """Return the text of a time in a format, as an expression of its parts."""
    pieces = PIECES.findall(format_)
    parts = [DIRECTIVES[p](time) if p in DIRECTIVES else Lit(p) for p in pieces]
    return parts[0] if len(parts) == 1 else Call("concat", tuple(parts))


def _find_time(part: Expr) -> Expr | None:
    """Return what a part of a text is a part of."""
    match part:
        case Call("zfill", (Call("text", (Call(_, (time,)),)), _)):
            return time
        case Case(((Compare("==", Call(_, (time,)), Lit()), Lit()), *_)):
            return time
    return None


def read_format(node: Expr) -> tuple[Expr, str] | None:
    """Return the time and the format that an expression writes; None for any other expression."""
    match node:
        case Call("concat", parts):
            pass
        case Call("zfill") | Case():
            parts = (node,)
        case _:
            return None
    times = (_find_time(part) for part in parts if not isinstance(part, Lit))
    time = next(times, None)
    if time is None:
        return None
    known = {write(time): directive for directive, write in DIRECTIVES.items()}
    texts = [part.value if isinstance(part, Lit) else known.get(part) for part in parts]
    format_ = "".join(
        text.replace("%", "%%") if isinstance(part, Lit) else text
        for part, text in zip(parts, texts, strict=True)
        if isinstance(text, str)
    )
    return (
        (time, format_) if is_time_format(format_) and write_format(time, format_) == node else None
    )
