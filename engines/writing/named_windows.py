"""Names for windows that come again in a chain of method calls."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection
from typing import TypeGuard

from ...spec.expression import choose_fresh_name
from .program import fill
from .quote import quote


def name_windows(chain: ast.expr, taken: Collection[str]) -> tuple[list[str], ast.expr]:
    """Return the statements that name the windows which come again, and the chain over them."""
    spans = [call for call in ast.walk(chain) if _is_over(call)]
    counts = Counter(_describe(call) for call in spans if call.args or call.keywords)
    names: dict[str, str] = {}
    lines: list[str] = []
    for call in spans:
        told = _describe(call)
        if counts[told] < 2:
            continue
        if told not in names:
            names[told] = choose_fresh_name("w", {*taken, *names.values()})
            lines.append(fill(f"{names[told]} = WINDOW", WINDOW=_write_window(call)))
        call.args, call.keywords = [quote(names[told])], []
    return lines, chain


def _is_over(node: ast.AST) -> TypeGuard[ast.Call]:
    match node:
        case ast.Call(ast.Attribute(attr="over")):
            return True
        case _:
            return False


def _describe(call: ast.Call) -> str:
    return " ".join(ast.dump(part) for part in (*call.args, *call.keywords))


def _write_window(call: ast.Call) -> ast.expr:
    """Write the window that a call is over; the options of Ibis' `over` are those of its own."""
    if call.args:
        return call.args[0]
    return quote("ibis.window(**o)", o={o.arg: o.value for o in call.keywords if o.arg})
