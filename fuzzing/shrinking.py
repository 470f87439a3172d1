"""Smaller queries on fewer rows that still disagree: greedy, the largest cut first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa

from ..engines.writing.steps import rebuilt
from ..spec.expression import Arith, Case, Col, Expr, Lit, Neg, children, columns, walk
from ..spec.workload import Output, Query, RowFunction

ATTEMPTS = 250  # programs run for one disagreement
Disagrees = Callable[[Query, pa.Table], bool]


def shrink(
    query: Query, frame: pa.Table, disagrees: Disagrees, attempts: int = ATTEMPTS
) -> tuple[Query, pa.Table]:
    """Give a small query and frame on which an engine is still not the oracle."""
    left = attempts
    shrunk = True
    while shrunk and left > 0:
        shrunk = False
        for smaller_query, smaller_frame in _smaller(query, frame):
            left -= 1
            if disagrees(smaller_query, smaller_frame):
                query, frame, shrunk = smaller_query, smaller_frame, True
                break
            if left <= 0:
                break
    used = frame.select([name for name in frame.column_names if name in query.reads])
    return query, used if query.reads and used.num_rows == frame.num_rows else frame


def _smaller(query: Query, frame: pa.Table) -> Iterator[tuple[Query, pa.Table]]:
    half = frame.num_rows // 2
    if half:
        yield query, frame.slice(0, half)
        yield query, frame.slice(half)
    for fewer in _fewer_clauses(query):
        yield fewer, frame
    for simpler in _simpler(query):
        yield simpler, frame
    if 1 < frame.num_rows <= 12:
        for row in range(frame.num_rows):
            rest = pa.concat_tables([frame.slice(0, row), frame.slice(row + 1)])
            yield query, rest.combine_chunks()


def _with(query: Query, clause: str, value: Any) -> Query:  # noqa: ANN401 - any clause's value
    changes: dict[str, Any] = {clause: value}
    return replace(query, **changes)


def _fewer_clauses(query: Query) -> Iterator[Query]:
    for clause in ("limit", "having", "where"):
        if getattr(query, clause) is not None:
            yield _with(query, clause, None)
    for clause in ("sort", "group_by", "derive"):
        items = getattr(query, clause)
        for place in range(len(items)):
            yield _with(query, clause, (*items[:place], *items[place + 1 :]))
    for clause in ("aggregate", "transform"):
        items = getattr(query, clause)
        for place in range(len(items) if len(items) > 1 else 0):
            yield _with(query, clause, (*items[:place], *items[place + 1 :]))


def _simpler(query: Query) -> Iterator[Query]:
    """Put an expression's parts in its place, wherever it stands."""
    for clause in ("where", "having"):
        condition = getattr(query, clause)
        if condition is not None:
            for part in _parts(condition):
                yield _with(query, clause, part)
    for clause in ("derive", "aggregate", "transform"):
        items = getattr(query, clause)
        for place, output in enumerate(items):
            for part in _parts(output.expression):
                changed = Output(output.name, part)
                yield _with(query, clause, (*items[:place], changed, *items[place + 1 :]))
    if isinstance(query.apply, RowFunction) and query.apply.body is not None:
        for part in _parts(query.apply.body):
            if columns(part):
                function = replace(query.apply, body=part, columns=columns(part))
                yield replace(query, apply=function)


def _parts(node: Expr) -> Iterator[Expr]:
    """Yield smaller trees: a child in its parent's place, at every depth."""
    below = children(node)
    yield from (part for part in below if not isinstance(part, Lit))
    if isinstance(node, (Arith, Neg, Case)) and len(list(walk(node))) > 3:
        for name in columns(node):
            yield Col(name)
    for place, child in enumerate(below):
        for part in _parts(child):
            yield rebuilt(node, (*below[:place], part, *below[place + 1 :]))
