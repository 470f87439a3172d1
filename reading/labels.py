"""Rows by the labels of their index, and columns by their places."""

from __future__ import annotations

import ast
import datetime as dt
import re
from dataclasses import replace
from typing import Any, TypeVar, cast

from ..spec.expression import Col, Compare, Lit, build_case
from ..spec.workload import SortKey
from . import operators
from .alignment import make_literal, materialize
from .calls import CodeCall
from .operators import read_kind
from .rows import derive, find_free_name, keep, sort
from .values import Const, Frame, Series, UnreadError, Value

BY_LABEL = "rows are read by the labels of an index of one level: set_index, or a condition"
PERIOD = "a period of an index is read as '2024', '2024-01' or '2024-01-31'"
ABSENT = "labels without rows are left out, where pandas adds them"
Labelled = TypeVar("Labelled", Frame, Series)


def take_rows(node: ast.AST, frame: Frame, found: object) -> Frame:
    """Return the rows of a label, of a list of them, or of a period: `df.loc["a"]`."""
    key = _find_key(node, frame)
    is_time = read_kind(Col(key), frame.rows) in {"date", "timestamp"}
    match found:
        case slice(start=first, stop=last, step=None) if is_time:
            return _take_period(node, frame, key, first, last)
        case str() if is_time and re.fullmatch(r"\d{4}(-\d\d)?", found):
            return _take_period(node, frame, key, found, found)
        case list() if not any(isinstance(one, bool) for one in found):
            return take_labels(node, frame, found)
        case str() | int() if not is_time and not isinstance(found, bool):
            test = operators.compare(node, ast.Eq(), Series(frame.rows, Col(key)), Const(found))
            return replace(frame, rows=keep(frame.rows, cast("Series", test).expr), index={})
    raise UnreadError(node, BY_LABEL)


def _find_key(node: ast.AST, owner: Frame | Series) -> str:
    if len(owner.index) != 1:
        raise UnreadError(node, BY_LABEL)
    (key,) = owner.index.values()
    return key


def _take_period(node: ast.AST, frame: Frame, key: str, first: object, last: object) -> Frame:
    """Return the rows from the start of a period to the end of another."""
    column, rows = Series(frame.rows, Col(key)), frame.rows
    bounds: list[tuple[ast.cmpop, dt.datetime]] = []
    if first is not None:
        bounds.append((ast.GtE(), _find_span(node, first)[0]))
    if last is not None:
        bounds.append((ast.Lt(), _find_span(node, last)[1]))
    for op, bound in bounds:
        test = operators.compare(node, op, column, Const(bound))
        rows = keep(rows, cast("Series", test).expr)
    return replace(frame, rows=rows)


def _find_span(node: ast.AST, text: object) -> tuple[dt.datetime, dt.datetime]:
    """Return the start of a year, a month or a day, and that of the next one."""
    parts = re.fullmatch(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?", str(text))
    if parts is None:
        raise UnreadError(node, PERIOD)
    year, month, day = (int(one) if one else None for one in parts.groups())
    try:
        start = dt.datetime(cast("int", year), month or 1, day or 1)
        if day:
            return start, start + dt.timedelta(days=1)
        later = start + dt.timedelta(days=32 if month else 366)
        return start, later.replace(day=1) if month else dt.datetime(start.year + 1, 1, 1)
    except (ValueError, OverflowError) as error:
        raise UnreadError(node, f"{PERIOD}: {error}") from None


def take_labels(node: ast.AST, owner: Labelled, labels: list[Any]) -> Labelled:
    """Return the rows of labels of the index, in the order of these."""
    owner = materialize(owner) if isinstance(owner, Series) else owner
    key = _find_key(node, owner)
    if not labels or read_kind(Col(key), owner.rows) in {"date", "timestamp"}:
        raise UnreadError(node, BY_LABEL)
    rows = keep(owner.rows, operators.is_in(node, Col(key), Const(labels), owner.rows))
    places = tuple(
        (Compare("==", Col(key), make_literal(label, node)), Lit(number))
        for number, label in enumerate(labels)
    )
    name = find_free_name(rows, "place")
    rows = derive(rows, name, build_case(places, Lit(None)))
    return replace(owner, rows=sort(rows, (SortKey(name),)))


def read_reindex(call: CodeCall, owner: Value) -> Value:
    """Read `reindex([…])` of an answer of groups: their labels in an order."""
    call.read_constant("fill_value")
    labels = call.read_constant("index", call.read_constant("labels"))
    if call.read_constant("axis", 0) not in {0, "index"} or not isinstance(labels, list | range):
        raise call.fail("reindex is read with a list of labels")
    call.reader.note(call.node, ABSENT)
    if isinstance(owner, Series):
        return take_labels(call.node, owner, list(labels))
    return take_labels(call.node, cast("Frame", owner), list(labels))


def name_columns_at(node: ast.AST, frame: Frame, place: Value) -> Value:
    """Return the label of a column by its place, or the list of several."""
    frame.require_whole(node, "columns by place need to be known: give --data, or use their names")
    labels = list(frame.columns)
    try:
        match place:
            case Const(int() as number):
                return Const(labels[number])
            case Const(slice() as found):
                return Const(labels[found])
            case Const(list() as numbers):
                return Const([labels[number] for number in numbers])
    except (IndexError, TypeError):
        pass
    raise UnreadError(node, "columns by place are read as numbers: iloc[:, 0], iloc[:, 1:3]")
