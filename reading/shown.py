"""Statements that only show what there is: no answer needs them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import TypeGuard, cast

from .called import CHANGING
from .tables import DRAWING


def only_show(statements: Sequence[ast.stmt], is_foreign: Callable[[ast.expr], bool]) -> bool:
    """Return whether statements print, plot and name values, and change none.

    `is_foreign` tells a call of a library that makes no frames.
    """
    nodes = (node for one in statements for node in ast.walk(one))
    own = {node.id for node in nodes if _is_stored(node)}

    def shows(statement: ast.stmt) -> bool:
        match statement:
            case ast.Expr(ast.Call(ast.Name("print" | "display"))) | ast.Expr(ast.Constant()):
                return True
            case ast.Expr(ast.Call(ast.Attribute(owner, name), _, keywords) as call):
                changes = name in CHANGING or any(one.arg == "inplace" for one in keywords)
                return is_foreign(call) or (_find_name(owner) in own and not changes)
            case ast.Assign(targets) | ast.For(target=ast.expr() as targets):
                listed = targets if isinstance(targets, list) else [targets]
                inner = statement.body if isinstance(statement, ast.For) else []
                return all(map(_names_only, listed)) and all(map(shows, inner))
            case ast.If(_, body, orelse) | ast.While(_, body, orelse):
                return all(map(shows, [*body, *orelse]))
            case ast.AugAssign(ast.Name()) | ast.Pass() | ast.Continue() | ast.Break():
                return True
        return False

    return all(map(shows, statements))


def is_look(statement: ast.stmt, why: str) -> bool:
    """Return whether a statement that needs all columns only looks at them: `df.isnull().sum()`."""
    alone = isinstance(statement, ast.Expr) and ".groupby(" not in ast.unparse(statement)
    return alone and why.endswith("give --data")


def list_assigned(loop: ast.For | ast.While) -> set[str]:
    """Return the names that the statements of a loop assign."""
    kept = (one for one in ast.walk(loop) if isinstance(one, ast.Assign | ast.AugAssign))
    return {node.id for one in kept for node in ast.walk(one) if _is_stored(node)}


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _names_only(target: ast.expr) -> bool:
    match target:
        case ast.Name():
            return True
        case ast.Tuple(parts) | ast.List(parts):
            return all(map(_names_only, parts))
    return False


def _find_name(node: ast.expr) -> str:
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def find_drawn(node: ast.expr) -> ast.expr | None:
    """Return what `x.plot.bar()` and `x.style.format()` draw; None where nothing is drawn."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute) and node.attr in {*DRAWING, "style"}:
            return node.value
        node = node.func if isinstance(node, ast.Call) else node.value
    return None


def find_groups(argument: ast.AST) -> ast.expr | None:
    """Return an argument that is made of groups, by its text; None where it is not."""
    node = cast("ast.expr", argument.value if isinstance(argument, ast.keyword) else argument)
    names = {one.attr for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    return node if names & {"groupby", "value_counts", "pivot_table"} else None


def list_frames(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that are used as frames are: with an item, an attribute, in a call."""
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(ast.Name(name)) | ast.Subscript(ast.Name(name)):
                yield name
            case ast.Call(_, arguments, keywords):
                values = [*arguments, *(one.value for one in keywords)]
                for value in values:
                    listed = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
                    yield from (one.id for one in listed if isinstance(one, ast.Name))


def find_used_change(statement: ast.stmt) -> ast.expr | None:
    """Return a call that changes in place, and whose value a plain statement uses."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
        return None
    own = statement.value if isinstance(statement, ast.Expr) else None
    calls = (one for one in ast.walk(statement) if isinstance(one, ast.Call) and one is not own)
    return next((one for one in calls if is_in_place(one.keywords)), None)


def is_in_place(keywords: list[ast.keyword]) -> bool:
    """Return whether a call changes what it is of."""
    return any(
        one.arg == "inplace" and isinstance(one.value, ast.Constant) and one.value.value
        for one in keywords
    )
