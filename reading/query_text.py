"""The text of `query` and `eval`: Python's syntax over the names of columns."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from typing import TYPE_CHECKING

from .calls import CodeCall
from .selection import filter_rows, find_column, select
from .values import Const, Frame, Series, UnreadError, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCAL = "__local_"
_QUOTED = "__column_"


def read_query(call: CodeCall, frame: Frame) -> Frame:
    """Read `query("a > 3 and b == @limit")`."""
    text = call.read_constant("expr")
    if not isinstance(text, str):
        raise call.fail("query is read with a constant text")
    mask = read_query_text(call, frame, text)
    if not isinstance(mask, Series):
        raise call.fail("this query is not a condition on columns")
    return filter_rows(call.node, frame, mask)


def read_query_text(call: CodeCall, frame: Frame, text: str) -> Value:
    """Return the value of a query's text; its names are columns, then variables after `@`."""
    quoted: dict[str, str] = {}

    def name_of(found: re.Match[str]) -> str:
        name = f"{_QUOTED}{len(quoted)}"
        quoted[name] = found[1]
        return name

    plainly = re.sub(r"`([^`]*)`", name_of, text.replace("\n", " ").strip())
    plainly = re.sub(r"@(?=\w)", _LOCAL, plainly)
    try:
        tree: ast.expr = ast.parse(_bind_loosely(plainly), mode="eval").body
    except (SyntaxError, tokenize.TokenError):
        raise call.fail(f"{text!r} is not an expression") from None
    tree = _Operators().visit(tree)
    names: dict[str, Value] = {}
    for word in _list_names(tree):
        label = quoted.get(word, word)
        if word.startswith(_LOCAL):
            found = call.reader.find(word.removeprefix(_LOCAL))
            if found is None:
                raise call.fail(f"the name {word.removeprefix(_LOCAL)!r} is not assigned here")
            names[word] = found
        elif find_column(frame, label) is not None:
            names[word] = select(call.node, frame, Const(label))
    for node in ast.walk(tree):
        ast.copy_location(node, call.node)
    call.reader.scopes.append(names)
    try:
        return call.reader.read_value(tree)
    except UnreadError as error:
        raise call.fail(str(error)) from None
    finally:
        call.reader.scopes.pop()


def _bind_loosely(text: str) -> str:
    """Return a query with `and` for `&` and `or` for `|`, which bind in it as those do."""
    words = {"&": "and", "|": "or"}
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    pairs = (
        (tokenize.NAME, words[one.string]) if one.string in words else (one.type, one.string)
        for one in tokens
    )
    return str(tokenize.untokenize(pairs)).strip()


def _list_names(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


class _Operators(ast.NodeTransformer):
    """Writes `and`, `or`, `not` as the operators of columns, and chains of comparisons as pairs."""

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        op = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        made: ast.expr = self.visit(node.values[0])
        for value in map(self.visit, node.values[1:]):
            made = ast.BinOp(made, op, value)
        return made

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return ast.UnaryOp(ast.Invert(), node.operand) if isinstance(node.op, ast.Not) else node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        sides = [node.left, *node.comparators]
        made: list[ast.expr] = []
        for left, op, right in zip(sides[:-1], node.ops, sides[1:], strict=True):
            made.append(ast.Compare(left, [_list_op(op, right)], [right]))
        whole = made[0]
        for one in made[1:]:
            whole = ast.BinOp(whole, ast.BitAnd(), one)
        return whole


def _list_op(op: ast.cmpop, right: ast.expr) -> ast.cmpop:
    """Return `in` for `== [1, 2]`, as query has it."""
    if isinstance(right, ast.List | ast.Tuple):
        return {ast.Eq: ast.In(), ast.NotEq: ast.NotIn()}.get(type(op), op)
    return op
