"""Rows under other names of their columns."""

from __future__ import annotations

from dataclasses import replace

from ..spec.expression import Col, Expr, substitute
from ..spec.schema import Schema
from ..spec.workload import Output
from .rows import Aggregated, Rows, Sorted, aggregate, sort, with_columns


def rename(rows: Rows, names: dict[str, str]) -> Rows | None:
    """Return rows with other names of columns that were made; None where it cannot be told."""
    changed: dict[str, Expr] = {old: Col(new) for old, new in names.items()}
    match rows.origin:
        case Aggregated(below, keys, outputs):
            made = aggregate(below, keys, tuple(_rename_output(one, names) for one in outputs))
        case Sorted(below, by):
            inner = rename(below, names)
            if inner is None:
                return None
            order = (replace(key, name=names.get(key.name, key.name)) for key in by)
            made = sort(inner, tuple(order))
        case _ if names.keys() <= {one.name for one in rows.derived}:
            made = replace(rows, schema=rows.schema and _leave_out(rows.schema, {*names}))
        case _:
            return None
    derived = tuple(
        replace(_rename_output(one, names), expression=substitute(one.expression, changed))
        for one in rows.derived
    )
    where = tuple(substitute(test, changed) for test in rows.where)
    return with_columns(replace(made, where=where, derived=()), derived)


def _leave_out(schema: Schema, names: set[str]) -> Schema:
    return replace(schema, columns=tuple(one for one in schema.columns if one.name not in names))


def _rename_output(output: Output, names: dict[str, str]) -> Output:
    return replace(output, name=names.get(output.name, output.name))
