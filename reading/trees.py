"""Changes of expression trees."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Col,
    Compare,
    Demean,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
    walk,
)
from ..spec.vocabulary import WINDOWS


def substitute(expr: Expr, values: Mapping[str, Expr]) -> Expr:
    """Return an expression with other expressions in place of columns."""
    if not values:
        return expr
    return transform(expr, lambda node: values.get(node.name) if isinstance(node, Col) else None)


def transform(node: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """Return a tree with each node replaced for which `change` returns another, from the top."""
    changed = change(node)
    if changed is not None:
        return changed

    def of(part: Expr) -> Expr:
        return transform(part, change)

    match node:
        case Col() | Lit():
            return node
        case Arith(op, left, right):
            return Arith(op, of(left), of(right))
        case Compare(op, left, right):
            return Compare(op, of(left), of(right))
        case Neg(operand):
            return Neg(of(operand))
        case Not(operand):
            return Not(of(operand))
        case IsMissing(operand):
            return IsMissing(of(operand))
        case IsIn(operand, values):
            return IsIn(of(operand), values)
        case Bool(op, operands):
            return Bool(op, tuple(map(of, operands)))
        case Call(function, arguments):
            return Call(function, tuple(map(of, arguments)))
        case Agg(function, arguments):
            return Agg(function, tuple(map(of, arguments)))
        case Case(branches, otherwise):
            pairs = tuple((of(test), of(value)) for test, value in branches)
            return Case(pairs, of(otherwise))
        case Let(name, value, body):
            return Let(name, of(value), of(body))
        case Cast() | Demean():  # an engine's own
            return node


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


def aggregates(expr: Expr) -> bool:
    """Return whether an expression has an aggregation or a window in it."""
    return any(isinstance(node, Agg) for node in walk(expr))
