"""Statements of pandas as one chain, where a name would hold what the next one reads once."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import takewhile

GROUPS = "groups"  # what statements call the groups of a frame
NAMED = f"{GROUPS} = "


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


def choose_once(lines: Sequence[str]) -> list[str]:
    """Return statements whose groups choose a column where they are made, if all reads ask for it.

    Modin takes a seventh longer to choose it twice. Groups that the next statement reads once need
    no name.

    >>> choose_once(["groups = data.groupby('k')", "groups['x'].min() + groups['x'].max()"])
    ["groups = data.groupby('k')['x']", 'groups.min() + groups.max()']
    """
    if not lines:
        return []
    line, *rest = lines
    if not line.startswith(NAMED):
        return [line, *choose_once(rest)]
    readers = list(takewhile(lambda line: not line.startswith(NAMED), rest))
    trees = [ast.parse(reader) for reader in readers]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    chosen = [node for node in nodes if isinstance(node, ast.Subscript) and _is_groups(node.value)]
    columns = {ast.unparse(node.slice) for node in chosen}
    reads = sum(map(_is_groups, nodes))
    alone = len(columns) == 1 and len(chosen) == reads
    once = reads == 1 and any(map(_is_groups, ast.walk(trees[0])))
    if alone:
        line = f"{line}[{columns.pop()}]"
        trees = [_Chosen().visit(tree) for tree in trees]
    if once:
        made = ast.parse(line.removeprefix(NAMED), mode="eval").body
        trees, line = [_Replacement(GROUPS, made).visit(tree) for tree in trees], ""
    if alone or once:
        rest[: len(trees)] = map(ast.unparse, trees)
    return [*filter(None, [line]), *choose_once(rest)]


def _is_groups(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == GROUPS


class _Chosen(ast.NodeTransformer):
    """Puts the groups in the place of a column of them."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        return node.value if _is_groups(node.value) else node


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
