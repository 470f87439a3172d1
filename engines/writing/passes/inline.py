"""Derived columns that one expression reads once: they are written there, and need no subquery."""

from __future__ import annotations

from dataclasses import replace

from ....spec.expression import (
    Agg,
    Arith,
    Call,
    Col,
    Expr,
    IsIn,
    Let,
    Not,
    list_aggregations,
    list_children,
    substitute,
    walk,
)
from ....spec.schema import Schema
from ....spec.vocabulary import WINDOWS
from ....spec.workload import Output, Query

# Calls that write their values once.
ONCE = {"concat", "lower", "upper", "len", "contains", "starts_with", "ends_with", "split", "sqrt"}


def inline_derived(query: Query, data: Schema) -> Query:
    """Return the query with each derived column that is read once in the place where it is read."""
    for output in query.derive:
        if reader := _find_reader(query, output):
            return inline_derived(_write_inline(query, output, reader), data)
    return query


def _find_reader(query: Query, output: Output) -> Output | None:
    """Return the only output that reads a derived column, if it would write it once."""
    if list_aggregations(output.expression) or _is_read_by_name(query, output.name):
        return None
    column = Col(output.name)
    if sum(node == column for tree in query.expressions for node in walk(tree)) != 1:
        return None
    outputs = (*query.derive, *query.aggregate)
    return next((o for o in outputs if writes_once(o.expression, column)), None)


def _is_read_by_name(query: Query, name: str) -> bool:
    """Return whether a clause reads a column that takes no expression in its place."""
    long = (*query.unpivot.index, *query.unpivot.on) if query.unpivot else ()
    extreme = (query.extreme.column,) if query.extreme else ()
    order = (key.name for key in query.order_by)
    gaps = query.gaps.columns if query.gaps else ()
    named = (*query.group_by, *order, *query.select, *extreme, *long, *gaps)
    return name in named or query.apply is not None


def _write_inline(query: Query, output: Output, reader: Output) -> Query:
    names = {output.name: output.expression}
    written = replace(reader, expression=substitute(reader.expression, names))
    derive, aggregate = (
        tuple(written if one is reader else one for one in outputs if one is not output)
        for outputs in (query.derive, query.aggregate)
    )
    return replace(query, derive=derive, aggregate=aggregate)


def writes_once(node: Expr, column: Col) -> bool:
    """Return whether an expression reads a column once, and nothing on the way writes it again."""
    match node:
        case Col():
            return node == column
        case Agg(function) if function in WINDOWS:
            return False
        case Call(function) if function not in ONCE:
            return False
        case Arith("%" | "//" | "**") | Let() | IsIn() | Not():
            return False
    readers = [child for child in list_children(node) if column in walk(child)]
    return len(readers) == 1 and writes_once(readers[0], column)
