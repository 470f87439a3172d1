"""How far a column may be off near zero, from the query and the size of the data's values.

A sum that cancels is off by a share of sum|x|, and a correlation by a share of 1: neither shows in
the answer itself. Errors of first order are carried through an expression on top of aggregations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import assert_never

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
)
from ..spec.workload import Query, RowFunction

ROUNDING = 2.0**-53
# as in `tolerance`: what a sum's order makes of sum|x|, with room for 1e8 terms
SUM_ERROR = 1e-12
# of a correlation from moments in one pass, up to a mean of 300 standard deviations
CORRELATION_ERROR = 1e-11


@dataclass(frozen=True, slots=True)
class Magnitude:
    """How large a value typically is, and how far off it may honestly be."""

    value: float
    error: float = 0.0


_UNKNOWN = Magnitude(0.0)


def bound_errors(
    query: Query, typical: Mapping[str, float], group: float = 1.0
) -> dict[str, float]:
    """Return what each of a query's outputs may be off near zero.

    `typical` is the mean absolute value of columns (see `typical_sizes`), `group` the mean number
    of rows in a group. Of a column that is not in it, only a correlation's floor is known.
    """
    sizes = {name: Magnitude(value, ROUNDING * value) for name, value in typical.items()}
    for output in query.derive:
        sizes[output.name] = _bound(output.expression, sizes, 1.0)
    found = {
        output.name: _bound(output.expression, sizes, group).error
        for output in (*query.aggregate, *query.transform)
    }
    match query.apply:
        case RowFunction(output=name, body=body) if body is not None:
            found[name] = _bound(body, sizes, 1.0).error
        case _:
            pass
    return {name: error for name, error in found.items() if 0.0 < error < math.inf}


def measure_sizes(files: Sequence[Path], columns: Sequence[str]) -> dict[str, float]:
    """Return the mean absolute value of numeric columns of Parquet files."""
    import duckdb  # noqa: PLC0415 - a tenth of a second that a comparison of floats alone needs

    if not columns:
        return {}
    quoted = ['"' + name.replace('"', '""') + '"' for name in columns]
    means = ", ".join(f"avg(abs({q}::double)) filter (isfinite({q}::double))" for q in quoted)
    with duckdb.connect() as connection:
        sql = f"select {means} from read_parquet(?)"
        found = connection.execute(sql, [[str(file) for file in files]]).fetchall()[0]
    return {name: value for name, value in zip(columns, found, strict=True) if value is not None}


def _bound(
    node: Expr, sizes: Mapping[str, Magnitude], group: float
) -> Magnitude:  # one case for each node
    match node:
        case Col(name):
            return sizes.get(name, _UNKNOWN)
        case Lit(value):
            return Magnitude(abs(float(value))) if isinstance(value, int | float) else _UNKNOWN
        case Arith("**", base, Lit(int() | float() as power)) if power >= 1:
            below = _bound(base, sizes, group)
            return Magnitude(below.value**power, power * below.value ** (power - 1) * below.error)
        case Arith(op, left, right):
            return _bound_arithmetic(op, _bound(left, sizes, group), _bound(right, sizes, group))
        case Neg(operand) | Call("abs", (operand,)):
            return _bound(operand, sizes, group)
        case Case(branches, otherwise):
            values = [
                _bound(value, sizes, group) for value in (*(v for _, v in branches), otherwise)
            ]
            return Magnitude(max(s.value for s in values), max(s.error for s in values))
        case Let(name, value, body):
            return _bound(body, {**sizes, name: _bound(value, sizes, group)}, group)
        case Agg(function, arguments):
            return _bound_aggregation(
                function, [_bound(part, sizes, 1.0) for part in arguments], group
            )
        case Call() | Cast() | Demean() | Compare() | IsMissing() | IsIn() | Bool() | Not():
            return _UNKNOWN  # the rule without a floor is stricter
        case _:
            assert_never(node)


def _bound_arithmetic(op: str, left: Magnitude, right: Magnitude) -> Magnitude:
    match op:
        case "+" | "-":
            value = left.value + right.value
            return Magnitude(value, left.error + right.error + ROUNDING * value)
        case "*":
            error = left.value * right.error + right.value * left.error
            return Magnitude(left.value * right.value, error)
        case "/" if right.value > 0:
            value = left.value / right.value
            return Magnitude(value, (left.error + value * right.error) / right.value)
        case _:
            return _UNKNOWN


def _bound_aggregation(function: str, of: Sequence[Magnitude], group: float) -> Magnitude:
    match function:
        case "corr":
            return Magnitude(1.0, CORRELATION_ERROR)
        case "sum":
            return Magnitude(group * of[0].value, SUM_ERROR * group * of[0].value)
        case "mean" | "std":
            return Magnitude(of[0].value, SUM_ERROR * of[0].value)
        case "var":
            return Magnitude(of[0].value ** 2, SUM_ERROR * of[0].value ** 2)
        case "size" | "count" | "n_unique":
            return Magnitude(group)
        case _:
            return of[0]
