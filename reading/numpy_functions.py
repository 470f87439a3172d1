"""Functions of NumPy that pandas has no method for."""

from __future__ import annotations

import ast
from typing import cast

from ..spec.expression import Agg
from . import alignment
from .calls import CodeCall, to_python
from .meaning import can_miss
from .operators import number
from .values import Array, Const, Part, Scalar, UnreadError, Value

MOST_ITEMS = 10_000  # of a range of constants


def read_correlation(call: CodeCall) -> Value:
    """Read `np.corrcoef(x, y)`, of which `[0, 1]` is taken."""
    sides = (alignment.place(call.require(name)) for name in ("x", "y"))
    found = alignment.align(call.node, *sides)
    values = [number(one, found.rows) for one in found.exprs]
    if any(can_miss(one, found.rows.schema) for one in values) and found.rows.schema is not None:
        raise call.fail("np.corrcoef does not skip missing values; write x.corr(y)")
    scope = found.like.scope if found.like else ()
    return Part("pairs", Scalar(found.rows, Agg("corr", tuple(values)), scope))


def read_pair_item(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read `np.corrcoef(x, y)[0, 1]`."""
    if not isinstance(index, Const) or index.value not in {(0, 1), (1, 0)}:
        raise UnreadError(node, "np.corrcoef is read as np.corrcoef(x, y)[0, 1]")
    return cast("Part", owner).owner


def read_range(call: CodeCall) -> Const:
    """Read `np.arange(start, stop, step)` of integers."""
    values = [to_python(one, call.node, "a bound") for one in call.read_items("*")]
    if not values or not all(type(one) is int for one in values) or 0 in values[2:]:
        raise call.fail("np.arange is read of integers")
    made = range(*values)
    if len(made) > MOST_ITEMS:
        raise call.fail("np.arange of so many numbers is not read")
    return Const(Array(made))


def read_array(call: CodeCall) -> Const:
    """Read `np.array([1, 2])` of numbers or texts of one kind."""
    made = call.read_constant("object")
    kinds = {type(one) for one in made} if isinstance(made, list | tuple) else set()
    if not (kinds <= {int, float} or kinds == {str}) or not kinds:
        raise call.fail("np.array is read of constant numbers, or of texts")
    return Const(Array(made))
