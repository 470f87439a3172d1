"""Constant times in the zone of what they stand beside: Polars compares no two zones."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from ....spec.expression import Call, Case, Compare, Expr, IsIn, Lit, list_children, rebuild
from ....spec.schema import Schema
from ....spec.workload import Query
from ..properties import Facts
from .kinds import rewrite_expressions


def convert_constants(query: Query, data: Schema) -> Query:
    """Return the query with its constant times in the zones of its columns."""
    if not any("tz=" in data[name].arrow for name in query.reads):
        return query
    return rewrite_expressions(query, data, _move)


def _move(node: Expr, facts: Facts) -> Expr:
    parts = tuple(_move(child, facts) for child in list_children(node))
    match node:
        case IsIn(_, values):
            zone = facts.find_zone(node.operand)
            return IsIn(parts[0], tuple(_shift_constant(value, zone) for value in values))
        case Compare() | Case() | Call():
            zone = next(filter(None, map(facts.find_zone, parts)), "")
            return rebuild(
                node, tuple(_shift_constant(p, zone) if isinstance(p, Lit) else p for p in parts)
            )
        case _:
            return rebuild(node, parts)


def _shift_constant(constant: Lit, zone: str) -> Lit:
    value = constant.value
    if not (zone and isinstance(value, dt.datetime) and value.tzinfo):
        return constant
    return Lit(value.astimezone(dt.UTC if zone == "UTC" else ZoneInfo(zone)))
