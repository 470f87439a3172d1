"""Look-ups of values in a table: the table, and what Dask has to be told of it."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ...spec.expression import Call, Expr, Lit, list_columns
from ..writing.quote import write_literal


def write_table(node: Call, write: Callable[[Expr], ast.expr]) -> ast.expr:
    """Write the table of a `map`."""
    _, _, *pairs = node.arguments
    return ast.Dict([*map(write, pairs[::2])], [*map(write, pairs[1::2])])


def tell_type(node: Call) -> dict[str, ast.expr]:
    """Return the option with the type of what a table gives: Dask would try it on rows of its own.

    Numbers are floats, as a value that the table lacks is NaN.
    """
    value, _, *pairs = node.arguments
    numbers = all(isinstance(x, Lit) and type(x.value) in {int, float} for x in pairs[1::2])
    name = next(iter(list_columns(value)), None)
    return {"meta": write_literal((name, "float64" if numbers else "object"))}
