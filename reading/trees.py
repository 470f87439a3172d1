"""Changes of expression trees."""

from __future__ import annotations

from collections.abc import Callable

from ..spec.expression import Agg, Case, Expr, Lit, list_children, rebuild, walk
from ..spec.vocabulary import WINDOWS


def transform(node: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """Return a tree with each node replaced for which `change` returns another, from the top."""
    changed = change(node)
    if changed is not None:
        return changed
    return rebuild(node, tuple(transform(part, change) for part in list_children(node)))


def restrict(expr: Expr, test: Expr) -> Expr | None:
    """Return aggregations of the rows for which a test holds; None where one needs an order."""
    functions = {node.function for node in walk(expr) if isinstance(node, Agg)}
    if functions & WINDOWS.keys():
        return None

    def change(node: Expr) -> Expr | None:
        match node:
            case Agg("size", ()):
                return Agg("sum", (Case(((test, Lit(1)),), Lit(0)),))
            case Agg("corr", (one, other)):
                kept = (Case(((test, side),), Lit(None)) for side in (one, other))
                return Agg("corr", tuple(kept))
            case Agg(function, (argument, *settings)):
                return Agg(function, (Case(((test, argument),), Lit(None)), *settings))
        return None

    return transform(expr, change)
