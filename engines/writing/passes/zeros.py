"""Zeros in sums under a condition, for libraries that hold integers with gaps as floats."""

from __future__ import annotations

from dataclasses import replace

from ....spec.expression import Agg, Case, Expr, Lit, list_children, rebuild
from ....spec.kinds import extend_schema, find_kind, may_be_missing
from ....spec.pivot import read_plain
from ....spec.schema import Schema
from ....spec.workload import Output, Query


def sum_zeros(query: Query, data: Schema, *, pivots: bool = True) -> Query:
    """Return the query with 0 for each row that a sum of integers leaves out.

    With `pivots`, the library has a pivot of columns, and such a pivot stays as it is.
    """
    if pivots and read_plain(query):
        return query
    rows = extend_schema(data, query)

    def fill(node: Expr) -> Expr:
        match node:
            case Agg("sum", (Case(branches, Lit(None)) as chosen,)):
                whole = find_kind(chosen, rows) == "int"
                if whole and not any(may_be_missing(value, rows) for _, value in branches):
                    return Agg("sum", (Case(branches, Lit(0)),))
        return rebuild(node, tuple(map(fill, list_children(node))))

    def fill_output(output: Output) -> Output:
        return replace(output, expression=fill(output.expression))

    return replace(
        query,
        aggregate=tuple(map(fill_output, query.aggregate)),
        transform=tuple(map(fill_output, query.transform)),
    )
