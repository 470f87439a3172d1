"""Texts of times: `strftime` with the parts that the language has."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ..spec.expression import Call, Expr, Lit
from ..spec.formats import DIRECTIVES, is_time_format, write_format
from . import alignment
from .calls import CodeCall
from .values import Part, Value

# The text of a period, by the unit that its time is truncated to.
PERIODS = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}


def read_strftime(call: CodeCall, owner: Value) -> Value:
    """Read `strftime(format)`."""
    form = call.read_constant("date_format")
    if not is_time_format(form):
        known = " ".join(DIRECTIVES)
        raise call.fail(f"strftime is read with a constant format of {known}")
    found = alignment.align(call.node, owner.owner if isinstance(owner, Part) else owner)
    return found.make(write_format(found.exprs[0], form))


def guess_format(texts: Sequence[str], *, dayfirst: bool = False) -> str | None:
    """Return the format that pandas guesses of texts; None where there is none, or several."""
    from pandas.tseries.api import guess_datetime_format  # noqa: PLC0415 - few texts need it

    forms = {guess_datetime_format(text, dayfirst=dayfirst) for text in texts}
    return forms.pop() if len(forms) == 1 else None


def write_period_text(node: ast.AST, start: Expr) -> Expr | None:
    """Return the text that `to_period(unit).astype(str)` gives; None for any other call."""
    match node, start:
        case (
            ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Attribute(attr="to_period")))),
            Call("truncate", (time, Lit(str() as unit))),
        ):
            if unit == "quarter":
                quarter = Call("text", (Call("quarter", (time,)),))
                return Call("concat", (write_format(time, "%Y"), Lit("Q"), quarter))
            return write_format(time, PERIODS[unit]) if unit in PERIODS else None
    return None
