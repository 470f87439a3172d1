"""Regular expressions of Python's `re`, as the language has them."""

from __future__ import annotations

import ast
from typing import cast

from ..spec.expression import Lit
from . import alignment, operators
from .calls import CodeCall, Method
from .values import Part, Series, Value


def read_search(call: CodeCall) -> Part:
    """Read `re.search(pattern, text)` and `re.match`, whose groups are taken or tested."""
    pattern, text = call.read_constant("pattern"), call.require("string")
    if not isinstance(pattern, str) or not isinstance(text, Series) or not text.element:
        raise call.fail(f"{call.name} is read of a constant pattern and a text of a row")
    if call.name.endswith("match"):
        pattern = f"^(?:{pattern})"
    return Part("match", text, (pattern,))


def has_match(node: ast.AST, part: Part) -> Value:
    """Return whether a pattern is found, which an `if` asks of a match."""
    found = alignment.align(node, part.owner)
    return found.make(operators.call_word(node, "matches", found.exprs[0], Lit(part.details[0])))


def read_match_group(call: CodeCall, part: Part) -> Value:
    """Read `match.group(n)`."""
    return take_group(call.node, part, call.read_value("group"))


def take_group(node: ast.AST, owner: Value, index: Value) -> Value:
    """Return a group of a match: `match[1]`; the whole of it without a number."""
    part, number = cast("Part", owner), getattr(index, "value", 0) or 0
    found = alignment.align(node, part.owner)
    arguments = (found.exprs[0], Lit(part.details[0]), Lit(number))
    return found.make(operators.call_word(node, "extract", *arguments))


PATTERNS = {name: Method(read_search, "pattern string") for name in ("re.search", "re.match")}
MATCH_METHODS = {"group": Method(read_match_group, "group")}
