"""Statements of pandas as one chain, where a name would hold what the next one reads once."""

from __future__ import annotations

import ast
from collections.abc import Sequence

GROUPS = "groups"  # what statements call the groups of a frame


def write_chain(lines: Sequence[str], frame: str) -> list[str]:
    """Return statements and an expression, without names for what the expression alone reads.

    >>> write_chain(["data = data.dropna()", "data.groupby('k').size()"], "data")
    ["data.dropna().groupby('k').size()"]
    """
    *before, last = lines
    while before:
        tree = ast.parse(last, mode="eval").body
        match ast.parse(before[-1]).body:
            case [ast.Assign([ast.Name(name)], value)] if _reads_once(tree, name, frame):
                last = ast.unparse(_Replacement(name, value).visit(tree))
                before.pop()
            case _:
                break
    return [*before, last]


def _reads_once(tree: ast.expr, name: str, frame: str) -> bool:
    """Return whether the groups are read once, or the frame alone by the chain's first method."""
    count = sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
    return count == 1 and (name == GROUPS or (name == frame and _begins(tree, frame)))


def _begins(tree: ast.expr, frame: str) -> bool:
    """Return whether an expression is the frame, or methods of it one after another."""
    match tree:
        case ast.Name(name):
            return name == frame
        case ast.Subscript(ast.Name()):
            return False
        case ast.Call(value) | ast.Attribute(value) | ast.Subscript(value):
            return _begins(value, frame)
        case _:
            return False


class _Replacement(ast.NodeTransformer):
    """Puts an expression in the place of a name."""

    def __init__(self, name: str, value: ast.expr) -> None:
        self.name, self.value = name, value

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.value if node.id == self.name else node
