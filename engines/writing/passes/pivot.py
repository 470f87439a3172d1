"""Cells of a pivot as a column of their own, for libraries that pivot columns only."""

from __future__ import annotations

from dataclasses import replace

from ....spec.expression import Agg, Col, Lit, choose_fresh_name
from ....spec.pivot import expand_pivot
from ....spec.schema import Schema
from ....spec.workload import Output, Query


def derive_cells(query: Query, data: Schema) -> Query:
    """Return the query with a derived column for what the cells of its pivot aggregate."""
    pivot = query.pivot
    if pivot is None or query.aggregate != expand_pivot(pivot):
        return query
    match pivot.cell:
        case Agg(function, (value,)) if not isinstance(value, Col | Lit):
            taken = {*data.names, *query.outputs, *(output.name for output in query.derive)}
            name = choose_fresh_name("value", taken)
            derived = replace(pivot, cell=Agg(function, (Col(name),)))
            return replace(
                query,
                derive=(*query.derive, Output(name, value)),
                pivot=derived,
                aggregate=expand_pivot(derived),
            )
    return query
