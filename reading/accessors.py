"""Methods of texts and times: `column.str`, `column.dt`, and single values in a function."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from typing import cast

from ..spec.expression import Arith, Case, Compare, Expr, IsMissing, Lit, build_case
from ..spec.expression import Call as Word
from ..spec.formats import DAYS, MONTHS
from . import alignment, operators
from .assignment import SEVERAL, assign_column
from .calls import CodeCall, Method
from .columns import look_up
from .date_texts import read_strftime
from .meaning import can_miss
from .periods import find_clock
from .rows import (
    derive,
    find_free_name,
)
from .values import (
    Const,
    Frame,
    Label,
    Part,
    Series,
    UnreadError,
    Value,
)

# texts


def read_text_word(word: str) -> Callable[[CodeCall, Value], Value]:
    """Return what reads a method of texts without arguments."""

    def read(call: CodeCall, owner: Value) -> Value:
        found = alignment.align(call.node, _read_texts(owner))
        return found.make(operators.call_word(call.node, word, found.exprs[0]))

    return read


def _read_texts(owner: Value) -> Value:
    return owner.owner if isinstance(owner, Part) else owner


def read_strip(call: CodeCall, owner: Value) -> Value:
    """Read `strip()` of white space."""
    if call.has("to_strip"):
        raise call.fail("strip is read without characters: it strips white space")
    return read_text_word("strip")(call, owner)


def read_contains(call: CodeCall, owner: Value) -> Value:
    """Read `contains`, `startswith` and `endswith` of a text."""
    found = alignment.align(call.node, _read_texts(owner))
    pattern, subject = call.read_constant("pat"), found.exprs[0]
    if not isinstance(pattern, str):
        raise call.fail(f"{call.name} is read with one constant text")
    word = {"startswith": "starts_with", "endswith": "ends_with"}.get(call.name, "contains")
    if not call.read_constant("case", True):
        subject, pattern = operators.call_word(call.node, "lower", subject), pattern.lower()
    if call.read_constant("regex", True) and word == "contains" and _is_regular(pattern):
        word = "matches"
    made = operators.call_word(call.node, word, subject, Lit(pattern))
    if call.has("na") and can_miss(subject, found.rows.schema):
        filled = bool(call.read_constant("na"))
        made = build_case(((IsMissing(subject), Lit(filled)),), made)
    call.read_constant("na")
    return found.make(made)


def _is_regular(pattern: str) -> bool:
    return any(sign in pattern for sign in r".^$*+?{}[]\|()")


def read_text_replace(call: CodeCall, owner: Value) -> Value:
    """Read `replace(old, new)` of a text."""
    old, new = call.read_constant("pat"), call.read_constant("repl")
    if call.read_constant("regex", False) and _is_regular(str(old)):
        raise call.fail("replace with a regular expression is not read")
    found = alignment.align(call.node, _read_texts(owner))
    made = operators.call_word(call.node, "replace", found.exprs[0], Lit(old), Lit(new))
    return found.make(made)


def read_split(call: CodeCall, owner: Value) -> Value:
    """Read `split(separator)` and `rsplit`, of which an item is taken."""
    separator = call.read_constant("pat")
    n, regular = call.read_constant("n", -1), call.read_constant("regex")
    call.read_constant("expand", False)
    pattern = isinstance(separator, str) and len(separator) > 1 and _is_regular(separator)
    if regular or (regular is None and pattern and isinstance(owner, Part)):
        raise call.fail("split by a regular expression is not read")
    sign = -1 if call.name == "rsplit" else 1
    return Part("parts", _read_texts(owner), (separator, sign * n if n and n > 0 else None))


def read_part(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read an item of a split text."""
    part = cast("Part", owner)
    if not (isinstance(index, Const) and isinstance(index.value, int)):
        raise UnreadError(node, "a part of a split text is read by its number")
    separator, most = part.details
    if most is not None and index.value not in range(min(most, 0), max(most, 0)):
        raise UnreadError(node, "of a text split n times, the parts before the rest are read")
    found = alignment.align(node, part.owner)
    arguments = (found.exprs[0], Lit(separator), Lit(index.value))
    return found.make(operators.call_word(node, "split", *arguments))


def assign_parts(node: ast.AST, frame: Frame, labels: Sequence[Label], parts: Part) -> Frame:
    """Return a frame with the parts of a text that `split(expand=True)` makes."""
    if parts.kind != "parts":
        raise UnreadError(node, SEVERAL)
    for place, label in enumerate(labels):
        frame = assign_column(node, frame, label, read_part(node, parts, Const(place)))
    return frame


def read_get(call: CodeCall, owner: Value) -> Value:
    """Read `.str.get(i)` of a split text."""
    return read_part(call.node, owner, call.read_value("i"))


def read_parts(_node: ast.AST, owner: Value) -> Value:
    """Read `.str` behind a split."""
    return owner


def read_slice(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read `.str[a:b]`, `.str[i]`, and the same of a single text."""
    found = alignment.align(node, _read_texts(owner))
    match index:
        case Const(slice(step=None) as part):
            ends = (Lit(part.start or 0), Lit(part.stop))
        case Const(int() as at) if not isinstance(at, bool):
            ends = (Lit(at), Lit(None if at == -1 else at + 1))
        case _:
            raise UnreadError(node, "an item of a text is read as [a:b] of constants")
    made = operators.call_word(node, "slice", found.exprs[0], *ends)
    if isinstance(index.value, slice) or not isinstance(owner, Part):
        return found.make(made)
    # pandas has no item where Python raises: the text is too short.
    length = at + 1 if at >= 0 else -at
    long = Compare(">=", Word("len", found.exprs), Lit(length))
    return found.make(build_case(((long, made),), Lit(None)))


def read_item_call(call: CodeCall, owner: Value) -> Value:
    """Read `get(i)` of a text."""
    return read_slice(call.node, owner, call.read_value("i"))


def read_slice_call(call: CodeCall, owner: Value) -> Value:
    """Read `slice(start, stop)` of a text."""
    start, stop = call.read_constant("start"), call.read_constant("stop")
    return read_slice(call.node, owner, Const(slice(start, stop)))


def count_text(subject: Expr, sign: str) -> Expr:
    """Return how often a text is in another: what leaving it out takes away."""
    left_out = Word("len", (Word("replace", (subject, Lit(sign), Lit(""))),))
    taken: Expr = Arith("-", Word("len", (subject,)), left_out)
    return taken if len(sign) == 1 else Arith("//", taken, Lit(len(sign)))


def read_count(call: CodeCall, owner: Value) -> Value:
    """Read `count(text)`."""
    sign = call.read_constant("pat")
    if not isinstance(sign, str) or not sign or (isinstance(owner, Part) and _is_regular(sign)):
        raise call.fail("count is read with one constant text")
    found = alignment.align(call.node, _read_texts(owner))
    return found.make(count_text(found.exprs[0], sign))


def _count_groups(pattern: str) -> int:
    try:
        return re.compile(pattern).groups
    except re.error:
        return 0


def read_extract(call: CodeCall, owner: Value) -> Value:
    """Read `extract(pattern)` of one group: a column, or a frame of one, whose name is 0."""
    pattern = call.read_constant("pat")
    if not isinstance(pattern, str) or _count_groups(pattern) != 1:
        raise call.fail("extract is read with one group")
    found = alignment.align(call.node, _read_texts(owner))
    arguments = (found.exprs[0], Lit(pattern), Lit(1))
    made = found.make(operators.call_word(call.node, "extract", *arguments))
    if not call.read_constant("expand", True) or not isinstance(made, Series):
        return made
    name = find_free_name(made.rows, "extract")
    return Frame(derive(made.rows, name, made.expr), {0: name})


def read_zfill(call: CodeCall, owner: Value) -> Value:
    """Read `zfill(width)`."""
    found = alignment.align(call.node, _read_texts(owner))
    width = Lit(call.read_constant("width"))
    return found.make(operators.call_word(call.node, "zfill", found.exprs[0], width))


# times


def read_date_word(word: str) -> Callable[[ast.AST, Value], Value]:
    """Return what reads an attribute of times."""

    def read(node: ast.AST, owner: Value) -> Value:
        found = alignment.align(node, _read_texts(owner))
        return found.make(operators.call_word(node, word, found.exprs[0]))

    return read


def read_span(word: str) -> Callable[[ast.AST, Value], Value]:
    """Return what reads `(a - b).dt.days`."""

    def read(node: ast.AST, owner: Value) -> Value:
        found = alignment.align(node, _read_texts(owner))
        match found.exprs[0]:
            case Arith("-", left, right):
                return found.make(operators.call_word(node, word, left, right))
            case Case(branches, Arith("-", left, right)):
                made = operators.call_word(node, word, left, right)
                return found.make(Case(branches, made))
        raise UnreadError(node, f"{word} is read of a difference of two times")

    return read


def read_seconds(call: CodeCall, owner: Value) -> Value:
    """Read `(a - b).dt.total_seconds()`, of whole seconds."""
    text = "a workload counts whole seconds, and pandas fractions of them too"
    call.reader.note(call.node, text)
    return read_span("seconds")(call.node, owner)


def read_calendar(_call: CodeCall, owner: Value) -> Part:
    """Read `isocalendar()`, of which the week is taken."""
    return Part("calendar", _read_texts(owner))


UNITS = {
    "D": "day",
    "d": "day",
    "M": "month",
    "MS": "month",
    "Y": "year",
    "A": "year",
    "YS": "year",
    "AS": "year",
    "Q": "quarter",
    "QS": "quarter",
}


def read_truncate(call: CodeCall, owner: Value) -> Value:
    """Read `floor(unit)`, `to_period(unit)` and `normalize()`."""
    name = "D" if call.name == "normalize" else call.read_constant("freq")
    unit = find_clock(name)
    if name in ({"D", "d"} if call.name == "floor" else UNITS):
        unit = UNITS[str(name)]
    if unit is None:
        parts = "floor is read with days and parts of them, to_period with D, h, M, Q and Y"
        raise call.fail(parts)
    return read_truncated(call.node, _read_texts(owner), unit)


def read_truncated(node: ast.AST, column: Value, unit: str) -> Value:
    """Return the start of each time's month, day and so on."""
    found = alignment.align(node, column)
    return found.make(operators.call_word(node, "truncate", found.exprs[0], Lit(unit)))


def read_start_time(_: object, owner: Value) -> Value:
    """Read `.dt.start_time` of a period, and `.dt.to_timestamp()`."""
    return _read_texts(owner)


def read_name(call: CodeCall, owner: Value) -> Value:
    """Read `month_name()` and `day_name()`."""
    found = alignment.align(call.node, _read_texts(owner))
    word, names, first = ("month", MONTHS, 1) if call.name == "month_name" else ("weekday", DAYS, 0)
    numbered = found.make(operators.call_word(call.node, word, found.exprs[0]))
    table: dict[object, object] = dict(enumerate(names, first))
    return look_up(call.node, cast("Series", numbered), table)


def read_weekday(call: CodeCall, owner: Value) -> Value:
    """Read `weekday()` of a single time."""
    return read_date_word("weekday")(call.node, owner)


def read_day(call: CodeCall, owner: Value) -> Value:
    """Read `date()` of a single time."""
    return read_date_word("date")(call.node, owner)


_TEXTS = {
    "lower": Method(read_text_word("lower")),
    "upper": Method(read_text_word("upper")),
    "strip": Method(read_strip, "to_strip"),
    "startswith": Method(read_contains, "pat na"),
    "endswith": Method(read_contains, "pat na"),
    "split": Method(read_split, "pat n expand regex"),
    "rsplit": Method(read_split, "pat n expand"),
    "zfill": Method(read_zfill, "width"),
    "slice": Method(read_slice_call, "start stop"),
    "get": Method(read_item_call, "i"),
    "count": Method(read_count, "pat"),
}
TEXT_METHODS = {
    **_TEXTS,
    "len": Method(read_text_word("len")),
    "extract": Method(read_extract, "pat flags expand"),
    "contains": Method(read_contains, "pat case flags na regex"),
    "replace": Method(read_text_replace, "pat repl n case flags regex"),
}
ELEMENT_METHODS = {
    **_TEXTS,
    "replace": Method(read_text_replace, "pat repl"),
    "weekday": Method(read_weekday),
    "strftime": Method(read_strftime, "date_format"),
    "month_name": Method(read_name, "locale"),
    "day_name": Method(read_name, "locale"),
    "date": Method(read_day),
    "total_seconds": Method(read_seconds),
    "isnumeric": Method(read_text_word("is_numeric")),
    "isdigit": Method(read_text_word("is_numeric")),
}
TIME_METHODS = {
    "strftime": Method(read_strftime, "date_format"),
    "total_seconds": Method(read_seconds),
    "isocalendar": Method(read_calendar),
    "floor": Method(read_truncate, "freq"),
    "to_period": Method(read_truncate, "freq"),
    "to_timestamp": Method(read_start_time),
    "normalize": Method(read_truncate),
    "month_name": Method(read_name, "locale"),
    "day_name": Method(read_name, "locale"),
}
_TIMES = {
    "year": read_date_word("year"),
    "month": read_date_word("month"),
    "day": read_date_word("day"),
    "hour": read_date_word("hour"),
    "minute": read_date_word("minute"),
    "second": read_date_word("second"),
    "dayofweek": read_date_word("weekday"),
    "day_of_week": read_date_word("weekday"),
    "weekday": read_date_word("weekday"),
    "dayofyear": read_date_word("day_of_year"),
    "quarter": read_date_word("quarter"),
    "date": read_date_word("date"),
    "days": read_span("days"),
}
TIME_ATTRIBUTES: dict[str, Callable[..., Value]] = {**_TIMES, "start_time": read_start_time}
CALENDAR = {"week": read_date_word("week")}
ELEMENT_ATTRIBUTES: dict[str, Callable[..., Value]] = {
    **{name: read for name, read in _TIMES.items() if name not in {"weekday", "date"}},
    "[]": read_slice,
}
