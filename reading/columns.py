"""Methods of columns."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..spec.expression import Compare, Lit
from ..spec.parser import case
from . import operators
from .calls import Call, Method
from .frames import assign_column
from .values import Column, Frame, Scalar, Value

if TYPE_CHECKING:
    from collections.abc import Callable


def look_up(node: ast.AST, column: Column, table: dict[object, object]) -> Column:
    """Return what a constant dict has for each value, else missing."""
    found = operators.align(node, column)
    subject = found.exprs[0]
    branches = tuple(
        (Compare("==", subject, operators.literal(key, node)), operators.literal(value, node))
        for key, value in table.items()
    )
    if not branches:
        return column.with_expr(Lit(None))
    return cast("Column", found.make(case(branches, Lit(None))))


def reduction(word: str) -> Callable[[Call, Column], Scalar]:
    """Return what reads an aggregation of a column."""

    def read(_call: Call, column: Column) -> Scalar:
        return operators.reduce(column, word)

    return read


def read_round(call: Call, column: Value) -> Value:
    """Read `round(decimals)`."""
    places = call.constant("decimals", 0)
    found = operators.align(call.node, column)
    settings = (Lit(places),) if places else ()
    return found.make(operators.word(call.node, "round", found.exprs[0], *settings))


def read_reset_index(call: Call, column: Column) -> Value:
    """Read `reset_index(name=…)` of a series: a frame of its index and its values."""
    if call.constant("drop", False):
        return replace(column, index={})
    label = call.constant("name", column.name)
    column = operators.materialize(column)
    frame = Frame(column.rows, {}, index={})
    made = assign_column(call.node, frame, label if label is not None else 0, column)
    return replace(made, columns={**column.index, **made.columns})


COLUMN_METHODS = {
    **{
        name: Method(reduction(word), "axis skipna numeric_only")
        for name, word in {
            "sum": "sum",
            "mean": "mean",
            "min": "min",
            "max": "max",
            "median": "median",
            "count": "count",
            "nunique": "n_unique",
        }.items()
    },
    "round": Method(read_round, "decimals"),
    "reset_index": Method(read_reset_index, "level drop name inplace"),
}
COLUMN_ATTRIBUTES: dict[str, Callable[..., Value]] = {}
