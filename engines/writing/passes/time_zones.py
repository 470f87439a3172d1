"""Constant times in the zone of what they stand beside: Polars compares no two zones."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

from ....spec.expression import Case, Compare, Expr, IsIn, Lit, children
from ....spec.schema import Schema
from ....spec.workload import Output, Query, RowFunction
from ..properties import Facts, output_facts, row_facts
from ..steps import rebuild


def convert_constants(query: Query, data: Schema) -> Query:
    """Return the query with its constant times in the zones of its columns."""
    if not any("tz=" in data[name].arrow for name in query.reads):
        return query
    rows = row_facts(query, data)

    def move_all(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
        return tuple(replace(o, expression=_move(o.expression, rows)) for o in outputs)

    apply, having = query.apply, query.having
    if isinstance(apply, RowFunction) and apply.body is not None:
        apply = replace(apply, body=_move(apply.body, rows))
    return replace(
        query,
        where=query.where and _move(query.where, rows),
        derive=move_all(query.derive),
        aggregate=move_all(query.aggregate),
        transform=move_all(query.transform),
        apply=apply,
        having=having and _move(having, output_facts(query, rows)),
    )


def _move(node: Expr, facts: Facts) -> Expr:
    parts = tuple(_move(child, facts) for child in children(node))
    match node:
        case IsIn(_, values):
            zone = facts.zone(node)
            return IsIn(parts[0], tuple(_constant(value, zone) for value in values))
        case Compare() | Case():
            zone = facts.zone(node)
            return rebuild(
                node, tuple(_constant(p, zone) if isinstance(p, Lit) else p for p in parts)
            )
        case _:
            return rebuild(node, parts)


def _constant(constant: Lit, zone: str) -> Lit:
    value = constant.value
    if not (zone and isinstance(value, dt.datetime) and value.tzinfo):
        return constant
    return Lit(value.astimezone(dt.UTC if zone == "UTC" else ZoneInfo(zone)))
