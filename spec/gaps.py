"""Gaps in time: rows for the days, or other units, that no row of a group-by has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .document import Log, Position
from .expression import (
    Agg,
    Call,
    Col,
    Expr,
    Lit,
    Value,
    choose_fresh_name,
    list_aggregations,
    list_children,
    list_columns,
    rebuild,
)
from .kinds import OF_NOTHING
from .schema import Column, Schema
from .workload import Gaps, Output, Query

NEEDS = "fill_gaps needs one key of days or times: a date, date(x) or truncate(x, 'day')"


def read_gaps(
    log: Log, place: Position, keys: Sequence[str], derive: Sequence[Output], rows: Schema | None
) -> Gaps | None:
    """Return which key has gaps, and its unit; None after a mistake, or if that is not known yet.

    `rows` are the columns that the group-by sees, None where the data is not known.
    """
    derived = {output.name: output.expression for output in derive}
    units = {key: _find_unit(derived.get(key, Col(key)), key, rows) for key in keys}
    found = [(key, unit) for key, unit in units.items() if unit]
    if not found and rows is None:
        return None
    if len(found) != 1:
        log.add(place, NEEDS)
        return None
    ((key, unit),) = found
    if rows and "tz=" in rows[key].arrow:
        log.add(place, f"{key} has a time zone, in which days have 23 to 25 hours; use date(x)")
        return None
    return Gaps(key, unit)


def _find_unit(node: Expr, key: str, rows: Schema | None) -> str:
    match node:
        case Call("truncate", (_, Lit(str(unit)))):
            return unit
        case Call("date" | "parse"):
            return "day"
    return "day" if rows and key in rows and rows[key].kind == "date" else ""


def split_gaps(step: Query) -> tuple[Query, ...]:
    """Return a group-by, the step that fills its gaps, and one for what is computed of both."""
    gaps = step.gaps
    assert gaps is not None
    taken = {*step.reads, *step.outputs, *(output.name for output in step.derive)}
    names = {o.expression: o.name for o in step.aggregate if isinstance(o.expression, Agg)}
    for agg in list_aggregations(*(output.expression for output in step.aggregate)):
        if agg not in names:
            names[agg] = choose_fresh_name("_".join((agg.function, *list_columns(agg))), taken)
            taken.add(names[agg])
    aggregate = tuple(Output(name, agg) for agg, name in names.items())
    first = replace(
        step, aggregate=aggregate, gaps=None, having=None, sort=(), limit=None, stable=False
    )
    zeros = tuple(
        (name, OF_NOTHING[agg.function])
        for agg, name in names.items()
        if agg.function in OF_NOTHING
    )
    filled = replace(gaps, keys=step.group_by, columns=first.outputs, zeros=zeros)
    end = replace(step, joins=(), where=None, derive=(), group_by=(), aggregate=(), gaps=None)
    if first.outputs == step.outputs:
        return first, replace(end, gaps=filled)
    made = (replace(o, expression=_name_aggregations(o.expression, names)) for o in step.aggregate)
    derive = tuple(output for output in made if output.expression != Col(output.name))
    last = replace(end, derive=derive, select=step.outputs)
    return first, Query(step.name, "", gaps=filled), last


def _name_aggregations(node: Expr, names: Mapping[Agg, str]) -> Expr:
    if isinstance(node, Agg):
        return Col(names[node])
    return rebuild(node, tuple(_name_aggregations(part, names) for part in list_children(node)))


def derive_gaps_schema(gaps: Gaps, data: Schema) -> Schema:
    """Return the columns of the filled rows, of which there are more than before."""
    zeros = dict(gaps.zeros)
    kept = set(gaps.keys)
    found = (
        data[name] if name in kept else _fill(data[name], zeros.get(name)) for name in gaps.columns
    )
    return Schema(tuple(found), 0)


def _fill(column: Column, value: Value) -> Column:
    if value is None:
        return replace(column, nulls=True, values=None)
    if isinstance(value, bool) or column.low is None or column.high is None:
        return replace(column, values=None)
    assert isinstance(value, int | float)
    return replace(column, low=min(column.low, value), high=max(column.high, value), values=None)
