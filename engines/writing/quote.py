"""Quasi-quotation: target expressions are written as templates with trees in their holes.

`ast.unparse` sets the parentheses, so that joining never changes what is meant.
"""

from __future__ import annotations

import ast
import datetime as dt
import keyword
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo

from ...errors import Unsupported

Literal: TypeAlias = (
    "str | int | float | bool | dt.date | Sequence[Literal] | Mapping[str, Literal] | None"
)
Node = TypeVar("Node", bound=ast.AST)
Hole: TypeAlias = "ast.expr | Literal | list[ast.expr] | dict[str, ast.expr]"


def quote(template: str, **holes: Hole) -> ast.expr:
    """Parse a template expression and put trees or plain values in place of its named holes.

    `*hole` takes a list of trees, `**hole` a dict of them.

    >>> to_source(quote("pl.when(c).then(v)", c=quote("a > b"), v=1))
    'pl.when(a > b).then(1)'
    """
    filler = _Filler({name: _fill_hole(hole) for name, hole in holes.items()})
    filled = filler.fill(_parse(template))
    assert isinstance(filled, ast.expr)
    return filled


def to_source(tree: ast.expr) -> str:
    """Write a tree as Python text."""
    return ast.unparse(tree)


def write_literal(value: Literal) -> ast.expr:
    """Return the tree of a plain value: numbers, text, days and times, lists, tuples, dicts."""
    match value:
        case list():
            return ast.List([write_literal(item) for item in value], ast.Load())
        case tuple():
            return ast.Tuple([write_literal(item) for item in value], ast.Load())
        case dict():
            keys: list[ast.expr | None] = [write_literal(key) for key in value]
            return ast.Dict(keys, [write_literal(item) for item in value.values()])
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


def _fill_hole(hole: Hole) -> ast.expr | list[ast.expr] | dict[str, ast.expr]:
    match hole:
        case ast.expr():
            return hole
        case list() if hole and all(isinstance(item, ast.expr) for item in hole):
            return cast("list[ast.expr]", hole)
        case dict() if hole and all(isinstance(item, ast.expr) for item in hole.values()):
            return cast("dict[str, ast.expr]", hole)
        case _:
            return write_literal(hole)  # type: ignore[arg-type]


def _copy(tree: Node, change: Callable[[Any], Any]) -> Node:
    """Return a new node with changed fields; only operators and contexts are shared.

    `copy.deepcopy` takes several times as long, and a program is made of hundreds of templates.
    """
    if not tree._fields:
        return tree
    made = type(tree).__new__(type(tree))
    made.__dict__.update({name: change(value) for name, value in vars(tree).items()})
    return made


def copy_tree(value: Any) -> Any:  # noqa: ANN401 - a tree, or a field of it
    """Return a copy of a tree, or of a list of trees."""
    if isinstance(value, list):
        return [copy_tree(item) for item in value]
    return _copy(value, copy_tree) if isinstance(value, ast.AST) else value


class _Filler:
    """Copies a template's tree with copies of the holes' trees in it."""

    def __init__(self, holes: dict[str, ast.expr | list[ast.expr] | dict[str, ast.expr]]) -> None:
        self.holes = holes

    def fill(self, value: Any) -> Any:  # noqa: ANN401 - a tree, or a field of it
        """Return a filled copy: of a list of trees, of a starred one or a keyword maybe several."""
        match value:
            case list():
                return [one for item in value for one in _as_list(self.fill(item))]
            case ast.Name():
                return self._fill_name(value)
            case ast.AST():
                return self._spread(_copy(value, self.fill))
            case _:
                return value

    def _fill_name(self, node: ast.Name) -> ast.expr:
        hole = self.holes.get(node.id)
        if hole is None:
            return _copy(node, copy_tree)
        if isinstance(hole, list):
            return ast.List(copy_tree(hole), ast.Load())
        if isinstance(hole, dict):
            return ast.Dict([ast.Constant(key) for key in hole], copy_tree(list(hole.values())))
        return _copy(hole, copy_tree)

    def _spread(self, node: ast.AST) -> ast.AST | list[ast.expr] | list[ast.keyword]:
        """Return what stands for a node of one of the three kinds that take several trees."""
        match node:
            case ast.Starred(value=ast.List(elts=items)):
                return items
            case ast.Slice():
                return ast.Slice(_end(node.lower), _end(node.upper), node.step)
            case ast.keyword(arg=None, value=ast.Dict() as pairs):
                return _spread_pairs(node, pairs)
            case _:
                return node


def _as_list(filled: Any) -> list[Any]:  # noqa: ANN401 - a tree, or several
    return filled if isinstance(filled, list) else [filled]


def _spread_pairs(node: ast.keyword, pairs: ast.Dict) -> ast.keyword | list[ast.keyword]:
    """Return `**{...}` as keywords where each name can be one."""
    names = [key.value for key in pairs.keys if isinstance(key, ast.Constant)]
    if "self" in names:
        raise Unsupported(
            "'self'", "it is already a parameter of the method that takes columns by name"
        )
    if all(isinstance(name, str) and is_keyword(name) for name in names):
        return [ast.keyword(str(n), value) for n, value in zip(names, pairs.values, strict=True)]
    return node


def _end(node: ast.expr | None) -> ast.expr | None:
    """Return one end of a slice: None is an open one."""
    return None if isinstance(node, ast.Constant) and node.value is None else node


def is_keyword(name: str) -> bool:
    """Return whether a name can stand before `=` and be read back as it is."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return False
    # Python brings the letters of its own names to one form, and would find no such column.
    return unicodedata.normalize("NFKC", name) == name
