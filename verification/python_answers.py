"""Python's own answers over Arrow tables: the rows a query sees of them, and their columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from ..spec.joins import join_schemas, name_table_columns
from ..spec.schema import Column, Schema
from ..spec.steps import select_all
from ..spec.workload import Join, Query
from .evaluation import Row, normalize_missing


def prepare_rows(
    query: Query, frame: pa.Table, other: pa.Table | None = None
) -> tuple[Query, list[dict[str, Any]]]:
    """Return a query over the rows that its clauses see, joined with `other` where it joins."""
    rows, join = frame.to_pylist(), query.steps[0].join
    if join is None or other is None:
        return select_all(query, tuple(frame.column_names)), rows
    data = replace(_name_columns(frame), tables=((join.table, _name_columns(other)),))
    joined = join_rows(join, name_table_columns(data, join), rows, other.to_pylist())
    return select_all(query, join_schemas(data, join).names), joined


def join_rows(
    join: Join, beside: Mapping[str, str], rows: Sequence[Row], others: Sequence[Row]
) -> list[dict[str, Any]]:
    """Return the rows of a join; `beside` names the table's columns in them."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for other in others:
        found.setdefault(tuple(normalize_missing(other[key]) for key in join.on), []).append(other)
    result = []
    nothing = [] if join.how == "inner" else [dict.fromkeys(beside)]
    for row in rows:
        key = tuple(normalize_missing(row[name]) for name in join.on)
        matches: Sequence[Row] = [] if None in key else found.get(key, [])
        result += [
            {**row, **{shown: other[name] for name, shown in beside.items()}}
            for other in matches or nothing
        ]
    return result


def build_column(values: list[Any], types: pa.Schema, name: str) -> pa.Array:
    """Return a column: numbers as floats as soon as one of them is no whole number.

    A column of nothing but missing values has no type of its own: it takes the answer's.
    """
    there = [value for value in values if value is not None]
    if not there:
        found = types.get_field_index(name)
        return pa.nulls(len(values), types.field(found).type if found >= 0 else pa.float64())
    if isinstance(there[0], bool | str | dt.date):
        return pa.array(values)
    whole = all(isinstance(value, int) for value in there)
    return pa.array(values, pa.int64() if whole else pa.float64())


def _name_columns(table: pa.Table) -> Schema:
    """Return a schema with the names only: nothing else is needed here."""
    columns = (Column(name, "null", "null") for name in table.column_names)
    return Schema(tuple(columns), table.num_rows)
