"""Conditions that constants decide: `x > 1 or True` is true, `1 if True else 2` is 1.

No library needs them, and some take no series of them.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Literal

from ....spec.expression import (
    Bool,
    Case,
    Compare,
    Expr,
    IsMissing,
    Let,
    Lit,
    Not,
    list_children,
    rebuild,
)
from ....spec.kinds import with_column
from ....spec.schema import Schema
from ....spec.workload import Query
from ..properties import Facts
from .kinds import rewrite_expressions
from .one_type import convert_number

COMPARISONS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def fold_truths(query: Query, data: Schema) -> Query:
    """Return the query without conditions that constants decide.

    A filter that keeps nothing stays as it is: libraries filter by columns.
    """
    folded = rewrite_expressions(query, data, _fold)
    return replace(
        folded,
        where=_choose_filter(query.where, folded.where),
        having=_choose_filter(query.having, folded.having),
    )


def _choose_filter(written: Expr | None, folded: Expr | None) -> Expr | None:
    match folded:
        case Lit(True):
            return None
        case Lit():
            return written
        case _:
            return folded


def _fold(node: Expr, facts: Facts) -> Expr:
    if isinstance(node, Let):
        inner = Facts(with_column(facts.data, node.name, node.value), facts.empty)
        return Let(node.name, _fold(node.value, facts), _fold(node.body, inner))
    parts = tuple(_fold(child, facts) for child in list_children(node))
    match node, parts:
        case Bool(op, _), _:
            return _fold_junction(op, parts)
        case Not(), (Lit(bool(value)),):
            return Lit(not value)
        case IsMissing(), (Lit(value),):
            return Lit(value is None)
        case Compare(op, _, _), (Lit(left), Lit(right)) if left is not None and right is not None:
            return Lit(COMPARISONS[op](left, right))
        case Case(), _:
            return _fold_case(rebuild(node, parts), facts)
        case _:
            return rebuild(node, parts)


def _fold_junction(op: Literal["and", "or"], parts: tuple[Expr, ...]) -> Expr:
    deciding = Lit(op == "or")
    if deciding in parts:
        return deciding
    open_ = tuple(part for part in parts if part != Lit(op == "and"))
    match open_:
        case ():
            return Lit(op == "and")
        case (part,):
            return part
        case _:
            return Bool(op, open_)


def _fold_case(node: Expr, facts: Facts) -> Expr:
    """Return a choice without branches that are never reached; its kind stays."""
    assert isinstance(node, Case)
    branches: list[tuple[Expr, Expr]] = []
    otherwise = node.otherwise
    for condition, value in node.branches:
        if condition == Lit(True):
            otherwise = value
            break
        if condition not in {Lit(False), Lit(None)}:
            branches.append((condition, value))
    folded = Case(tuple(branches), otherwise) if branches else otherwise
    if facts.find_kind(folded) == facts.find_kind(node):
        return folded
    if isinstance(folded, Lit) and facts.find_kind(node) == "float":
        return convert_number(folded, "float") or node
    return node
