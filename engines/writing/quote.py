"""Quasi-quotation: target expressions are written as templates with trees in their holes.

`ast.unparse` sets the parentheses, so that joining never changes what is meant.
"""

from __future__ import annotations

import ast
import copy
import datetime as dt
import keyword
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias, cast
from zoneinfo import ZoneInfo

from ...errors import Unsupported

Literal: TypeAlias = (
    "str | int | float | bool | dt.date | Sequence[Literal] | Mapping[str, Literal] | None"
)
Hole: TypeAlias = "ast.expr | Literal | list[ast.expr] | dict[str, ast.expr]"


def quote(template: str, **holes: Hole) -> ast.expr:
    """Parse a template expression and put trees or plain values in place of its named holes.

    `*hole` takes a list of trees, `**hole` a dict of them.

    >>> source(quote("pl.when(c).then(v)", c=quote("a > b"), v=1))
    'pl.when(a > b).then(1)'
    """
    tree = copy.deepcopy(_parse(template))
    filled = _Filler({name: _tree(hole) for name, hole in holes.items()}).visit(tree)
    assert isinstance(filled, ast.expr)
    return filled


def to_source(tree: ast.expr) -> str:
    """Write a tree as Python text."""
    return ast.unparse(tree)


def literal(value: Literal) -> ast.expr:
    """Return the tree of a plain value: numbers, text, days and times, lists, tuples, dicts."""
    match value:
        case list():
            return ast.List([literal(item) for item in value], ast.Load())
        case tuple():
            return ast.Tuple([literal(item) for item in value], ast.Load())
        case dict():
            keys: list[ast.expr | None] = [literal(key) for key in value]
            return ast.Dict(keys, [literal(item) for item in value.values()])
        case dt.datetime() if isinstance(value.tzinfo, ZoneInfo):
            shown = _parse(repr(value.replace(tzinfo=None)).removeprefix("datetime."))
            assert isinstance(shown, ast.Call)
            zone = quote("ZoneInfo(z)", z=value.tzinfo.key)
            return ast.Call(shown.func, shown.args, [*shown.keywords, ast.keyword("tzinfo", zone)])
        case dt.datetime() if value.tzinfo:
            return quote("datetime.fromisoformat(t)", t=value.isoformat())
        case dt.datetime():
            return _parse(repr(value).removeprefix("datetime."))
        case dt.date():
            return quote("date(y, m, d)", y=value.year, m=value.month, d=value.day)
        case int() | float() if not isinstance(value, bool) and value < 0:
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))
        case _:
            return ast.Constant(value)  # type: ignore[arg-type]


@lru_cache(maxsize=512)
def _parse(template: str) -> ast.expr:
    return ast.parse(template, mode="eval").body


def _tree(hole: Hole) -> ast.expr | list[ast.expr] | dict[str, ast.expr]:
    match hole:
        case ast.expr():
            return hole
        case list() if hole and all(isinstance(item, ast.expr) for item in hole):
            return cast("list[ast.expr]", hole)
        case dict() if hole and all(isinstance(item, ast.expr) for item in hole.values()):
            return cast("dict[str, ast.expr]", hole)
        case _:
            return literal(hole)  # type: ignore[arg-type]


class _Filler(ast.NodeTransformer):
    """Puts copies of the holes' trees into a template's tree."""

    def __init__(self, holes: dict[str, ast.expr | list[ast.expr] | dict[str, ast.expr]]) -> None:
        self.holes = holes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        hole = self.holes.get(node.id)
        if hole is None:
            return node
        if isinstance(hole, list):
            return ast.List(copy.deepcopy(hole), ast.Load())
        if isinstance(hole, dict):
            return ast.Dict([ast.Constant(key) for key in hole], list(copy.deepcopy(hole).values()))
        return copy.deepcopy(hole)

    def visit_Starred(self, node: ast.Starred) -> ast.AST | list[ast.expr]:
        filled = self.generic_visit(node)
        assert isinstance(filled, ast.Starred)
        if isinstance(filled.value, ast.List):
            return filled.value.elts
        return filled

    def visit_Slice(self, node: ast.Slice) -> ast.AST:
        filled = self.generic_visit(node)
        assert isinstance(filled, ast.Slice)
        return ast.Slice(_end(filled.lower), _end(filled.upper), filled.step)

    def visit_keyword(self, node: ast.keyword) -> ast.AST | list[ast.keyword]:
        filled = self.generic_visit(node)
        assert isinstance(filled, ast.keyword)
        if filled.arg is not None or not isinstance(filled.value, ast.Dict):
            return filled
        names = [key.value for key in filled.value.keys if isinstance(key, ast.Constant)]
        if "self" in names:
            raise Unsupported(
                "'self'", "it is already a parameter of the method that takes columns by name"
            )
        if all(isinstance(name, str) and is_keyword(name) for name in names):
            pairs = zip(names, filled.value.values, strict=True)
            return [ast.keyword(str(name), value) for name, value in pairs]
        return filled


def _end(node: ast.expr | None) -> ast.expr | None:
    """Return one end of a slice: None is an open one."""
    return None if isinstance(node, ast.Constant) and node.value is None else node


def is_keyword(name: str) -> bool:
    """Return whether a name can stand before `=` and be read back as it is."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return False
    # Python brings the letters of its own names to one form, and would find no such column.
    return unicodedata.normalize("NFKC", name) == name
