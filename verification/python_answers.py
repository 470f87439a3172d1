"""Python's own answers over Arrow tables: the rows a query sees of them, and their columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeAlias

import pyarrow as pa

from ..spec.joins import expand_join, join_schemas, name_table_columns
from ..spec.schema import Column, Schema
from ..spec.workload import AsOf, Join, Query
from .evaluation import Row, answer_query, normalize_missing

Rows: TypeAlias = list[dict[str, Any]]


def see_steps(
    query: Query, frame: pa.Table, tables: Mapping[str, pa.Table] = MappingProxyType({})
) -> Iterator[tuple[Query, Rows]]:
    """Yield each step as a query of its own, with the rows that its clauses see."""
    beside = tuple((name, _name_columns(table.column_names)) for name, table in tables.items())
    data = replace(_name_columns(frame.column_names), tables=beside)
    rows: Rows = frame.to_pylist()
    for step in query.steps:
        for join in step.joins:
            rows = join_rows(join, data, rows, tables[join.table].to_pylist())
            data = join_schemas(data, join)
        seen, _ = expand_join(replace(step, joins=()), data)
        yield replace(seen, joins=step.joins), rows
        rows = answer_query(seen, rows)
        data = replace(_name_columns(seen.outputs), tables=beside)


def answer_steps(
    query: Query, frame: pa.Table, tables: Mapping[str, pa.Table]
) -> tuple[Query, Rows]:
    """Return the last step with its answer."""
    *_, (last, rows) = see_steps(query, frame, tables)
    return replace(last, earlier=query.earlier), answer_query(last, rows)


def join_rows(join: Join, data: Schema, rows: Sequence[Row], others: Sequence[Row]) -> Rows:
    """Return the rows of a join with a table of the schema."""
    beside = name_table_columns(data, join)
    nothing = dict.fromkeys(beside.values())
    result: Rows = []
    matched: set[int] = set()
    for row, places in zip(rows, _find_matches(join, rows, others), strict=True):
        matched.update(places)
        if join.adds_columns:
            found = [{n: others[at][name] for name, n in beside.items()} for at in places]
            unmatched = [] if join.how in {"inner", "right", "cross"} else [nothing]
            result += [{**row, **other} for other in found or unmatched]
        elif (join.how == "semi") == bool(places):
            result.append(dict(row))
    if join.how in {"right", "outer"}:
        alone = (other for at, other in enumerate(others) if at not in matched)
        result += [_fill_left(join, data, beside, other) for other in alone]
    return result


def _fill_left(join: Join, data: Schema, beside: Mapping[str, str], other: Row) -> dict[str, Any]:
    """Return a row of the table that matches nothing."""
    keys = {key: other[key] for key in join.shared}
    return {**dict.fromkeys(data.names), **keys, **{n: other[name] for name, n in beside.items()}}


def _find_matches(
    join: Join, rows: Sequence[Row], others: Sequence[Row]
) -> Iterator[Sequence[int]]:
    """Yield for each row the places of the table's rows that match it."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for at, other in enumerate(others):
        found.setdefault(_build_key(other, join.right_on or join.on), []).append(at)
    for row in rows:
        key = _build_key(row, join.on)
        places = [] if None in key else found.get(key, [])
        yield _find_last(join.asof, row, others, places) if join.asof else places


def _find_last(asof: AsOf, row: Row, others: Sequence[Row], places: Sequence[int]) -> Sequence[int]:
    """Return the place of the last row whose time is not later, among equal times the last one."""
    time = normalize_missing(row[asof.left])
    times = [(normalize_missing(others[at][asof.right]), at) for at in places]
    there = [(t, at) for t, at in times if None not in {t, time} and _is_near(t, time, asof)]
    return [max(there)[1]] if there else []


def _is_near(earlier: Any, later: Any, asof: AsOf) -> bool:  # noqa: ANN401 - times or integers
    apart = later - earlier
    seconds = apart if isinstance(apart, int) else apart.total_seconds()
    return seconds >= 0 and (asof.within is None or seconds <= asof.within)


def _build_key(row: Row, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(normalize_missing(row[name]) for name in names)


def build_column(values: list[Any], types: pa.Schema, name: str) -> pa.Array:
    """Return a column: numbers as floats as soon as one of them is no whole number.

    A column of nothing but missing values has no type of its own: it takes the answer's.
    """
    there = [value for value in values if value is not None]
    if not there:
        found = types.get_field_index(name)
        return pa.nulls(len(values), types.field(found).type if found >= 0 else pa.float64())
    if isinstance(there[0], bool | str | dt.date | list):
        return pa.array(values)
    whole = all(isinstance(value, int) for value in there)
    return pa.array(values, pa.int64() if whole else pa.float64())


def _name_columns(names: Sequence[str]) -> Schema:
    """Return a schema with the names only: nothing else is needed here."""
    return Schema(tuple(Column(name, "null", "null") for name in names), 0)
