"""Smaller queries on fewer rows that still disagree: greedy, the largest cut first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pyarrow as pa

from ...spec.expression import (
    Arith,
    Case,
    Col,
    Expr,
    Lit,
    Neg,
    list_children,
    list_columns,
    rebuild,
    walk,
)
from ...spec.workload import Output, Query, RowFunction
from .frames import Tables

ATTEMPTS = 250  # programs run for one disagreement
Disagrees = Callable[[Query, Tables], bool]


def shrink(
    query: Query, tables: Tables, disagrees: Disagrees, attempts: int = ATTEMPTS
) -> tuple[Query, Tables]:
    """Return a small query and data on which an engine is still not the oracle."""
    left = attempts
    shrunk = True
    while shrunk and left > 0:
        shrunk = False
        for smaller_query, smaller_tables in _shrink_once(query, tables):
            left -= 1
            if disagrees(smaller_query, smaller_tables):
                query, tables, shrunk = smaller_query, smaller_tables, True
                break
            if left <= 0:
                break
    return query, tables if query.tables else _keep_used(query, tables)


def _keep_used(query: Query, tables: Tables) -> Tables:
    """Keep the columns that are read; of none there would be no rows."""
    first = query.steps[0]
    if first.asks_for_rows:
        return tables
    names = [name for name in tables.frame.column_names if name in first.reads]
    return Tables(tables.frame.select(names)) if names else tables


def _shrink_once(query: Query, tables: Tables) -> Iterator[tuple[Query, Tables]]:
    yield from ((query, fewer) for fewer in _cut_each(tables, _list_halves))
    if query.earlier:
        *before, last = query.earlier
        yield replace(last, earlier=tuple(before)), tables
    yield from ((fewer, tables) for fewer in _drop_clauses(query))
    yield from ((simpler, tables) for simpler in _simplify(query))
    if query.joins:
        yield replace(query, joins=()), Tables(tables.frame)
        keys = tuple(n for j in query.joins for n in (*j.left_columns, *j.right_columns))
        yield from ((query, narrow) for narrow in _cut_each(tables, partial(_drop_columns, keys)))
    yield from ((query, fewer) for fewer in _cut_each(tables, _drop_rows))


def _cut_each(tables: Tables, cut: Callable[[pa.Table], Iterator[pa.Table]]) -> Iterator[Tables]:
    """Cut one of the tables, and keep the other."""
    yield from (replace(tables, frame=frame) for frame in cut(tables.frame))
    if tables.other is not None:
        yield from (replace(tables, other=other) for other in cut(tables.other))


def _list_halves(table: pa.Table) -> Iterator[pa.Table]:
    if half := table.num_rows // 2:
        yield table.slice(0, half)
        yield table.slice(half)


def _drop_columns(keys: tuple[str, ...], table: pa.Table) -> Iterator[pa.Table]:
    yield from (table.drop([name]) for name in table.column_names if name not in keys)


def _drop_rows(table: pa.Table) -> Iterator[pa.Table]:
    for row in range(table.num_rows if 1 < table.num_rows <= 12 else 0):
        rest = pa.concat_tables([table.slice(0, row), table.slice(row + 1)])
        yield rest.combine_chunks()


def _replace_clause(query: Query, clause: str, value: Any) -> Query:  # noqa: ANN401 - any clause's value
    changes: dict[str, Any] = {clause: value}
    return replace(query, **changes)


def _drop_clauses(query: Query) -> Iterator[Query]:
    for clause in ("limit", "having", "where"):
        if getattr(query, clause) is not None:
            yield _replace_clause(query, clause, None)
    for clause in ("sort", "group_by", "derive"):
        items = getattr(query, clause)
        for place in range(len(items)):
            yield _replace_clause(query, clause, (*items[:place], *items[place + 1 :]))
    for clause in ("aggregate", "transform"):
        items = getattr(query, clause)
        for place in range(len(items) if len(items) > 1 else 0):
            yield _replace_clause(query, clause, (*items[:place], *items[place + 1 :]))


def _simplify(query: Query) -> Iterator[Query]:
    """Replace an expression by its parts, wherever it occurs."""
    for clause in ("where", "having"):
        condition = getattr(query, clause)
        if condition is not None:
            for part in _list_parts(condition):
                yield _replace_clause(query, clause, part)
    for clause in ("derive", "aggregate", "transform"):
        items = getattr(query, clause)
        for place, output in enumerate(items):
            for part in _list_parts(output.expression):
                changed = Output(output.name, part)
                yield _replace_clause(query, clause, (*items[:place], changed, *items[place + 1 :]))
    if isinstance(query.apply, RowFunction) and query.apply.body is not None:
        for part in _list_parts(query.apply.body):
            if list_columns(part):
                function = replace(query.apply, body=part, columns=list_columns(part))
                yield replace(query, apply=function)


def _list_parts(node: Expr) -> Iterator[Expr]:
    """Yield smaller trees: a child in its parent's place, at every depth."""
    below = list_children(node)
    yield from (part for part in below if not isinstance(part, Lit))
    if isinstance(node, (Arith, Neg, Case)) and len(list(walk(node))) > 3:
        for name in list_columns(node):
            yield Col(name)
    for place, child in enumerate(below):
        for part in _list_parts(child):
            yield rebuild(node, (*below[:place], part, *below[place + 1 :]))
