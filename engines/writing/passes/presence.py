"""Filters that keep every row: `v3 is not None`, of a column without missing values."""

from __future__ import annotations

from dataclasses import replace

from ....spec.expression import Bool, Expr, IsMissing, Not
from ....spec.kinds import may_be_missing
from ....spec.schema import Schema
from ....spec.workload import Query
from ..steps import split_conjuncts


def drop_presence(query: Query, data: Schema) -> Query:
    """Return the query without tests for missing values where the data has none."""
    kept = tuple(c for c in split_conjuncts(query.where) if not _is_present(c, data))
    match kept:
        case ():
            return replace(query, where=None)
        case (condition,):
            return replace(query, where=condition)
        case _:
            return replace(query, where=Bool("and", kept))


def _is_present(condition: Expr, data: Schema) -> bool:
    match condition:
        case Not(IsMissing(operand)):
            return not may_be_missing(operand, data)
        case _:
            return False
