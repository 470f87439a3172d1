"""First and last values of groups, of which a library has none but beside the rows."""

from __future__ import annotations

from dataclasses import replace

from ....spec.expression import (
    Agg,
    Col,
    Expr,
    choose_fresh_name,
    list_aggregations,
    list_children,
    list_columns,
    rebuild,
)
from ....spec.schema import Schema
from ....spec.workload import Output, Query


def derive_ends(query: Query, data: Schema) -> Query:
    """Derive each first and last value beside the rows: of a group, any of these is it."""
    taken = {*data.names, *query.outputs, *(output.name for output in query.derive)}
    names: dict[Expr, str] = {}
    for agg in list_aggregations(*(output.expression for output in query.aggregate)):
        if agg.function in {"first", "last"}:
            name = "_".join((agg.function, *list_columns(agg)))
            names[agg] = choose_fresh_name(name, taken)
            taken.add(names[agg])
    derived = (Output(name, agg) for agg, name in names.items())
    aggregate = tuple(
        replace(output, expression=_take_any(output.expression, names))
        for output in query.aggregate
    )
    return replace(query, derive=(*query.derive, *derived), aggregate=aggregate)


def _take_any(node: Expr, names: dict[Expr, str]) -> Expr:
    if node in names:
        return Agg("any_value", (Col(names[node]),))
    return rebuild(node, tuple(_take_any(child, names) for child in list_children(node)))
