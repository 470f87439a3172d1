"""Columns and rows of frames, chosen by name, by condition and by place."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from ..spec.expression import Agg, Arith, Col, Compare, Expr, IsMissing, Lit, build_case
from ..spec.vocabulary import suggest
from ..spec.workload import Output, SortKey
from . import alignment, operators
from .alignment import materialize
from .labels import name_columns_at, take_rows
from .meaning import can_miss, negate
from .rows import (
    Joined,
    Loaded,
    Rows,
    add_windows,
    combine,
    derive,
    find_free_name,
    find_inner_rows,
    keep,
)
from .rows import limit as limit_rows
from .rows import sort as sort_rows
from .values import (
    Const,
    Frame,
    Grouped,
    Label,
    Part,
    Scalar,
    Series,
    UnreadError,
    Value,
    take_column,
)


def find_column(frame: Frame, label: Label) -> str | None:
    """Return a column's name in the rows, and note that the code has named it."""
    name = frame.find(label)
    if name is not None and not frame.complete:
        _note(frame.rows, name)
    return name


def _note(rows: Rows, name: str) -> None:
    below = find_inner_rows(rows)
    if below is not None:
        _note(below, name)
    match rows.origin:
        case Loaded(seen=seen) | Joined(seen=seen):
            seen.add(name)


def require_column(node: ast.AST, frame: Frame, label: Label) -> str:
    """Return a column's name in the rows; UnreadError where there is none, or it was not read."""
    name = name_column(node, frame, label)
    if name in frame.unread:
        raise UnreadError(node, frame.unread[name])
    return name


def name_column(node: ast.AST, frame: Frame, label: Label) -> str:
    """Return the name of a column, which may be one that was not read."""
    name = find_column(frame, label)
    if name is None:
        known = [one for one in frame.outputs if isinstance(one, str)]
        near = suggest(label, known) if isinstance(label, str) else ""
        raise UnreadError(node, f"the frame has no column {label!r} here{near}")
    return name


def select(node: ast.AST, owner: Value, index: Value) -> Value:
    """Return `frame[index]`: a column, some columns, or the rows of a mask."""
    frame = cast("Frame", owner)
    match index:
        case Const(slice() as found):
            return slice_rows(node, frame, found)
        case Const(list() as labels):
            return select_columns(node, frame, labels)
        case Const(label) if not _has_slice(label):
            return _select_one(node, frame, label)
        case Series():
            return filter_rows(node, frame, index)
        case Frame():
            raise UnreadError(node, "a mask of a whole frame is not read; name one column")
    raise UnreadError(node, "this selection of a frame is not read; name columns or a condition")


def _has_slice(label: object) -> bool:
    parts = label if isinstance(label, tuple) else (label,)
    return any(isinstance(one, slice | list | dict) for one in parts)


def _select_one(node: ast.AST, frame: Frame, label: Label) -> Value:
    known = label in frame.columns
    nested = {} if known else {x: name for x, name in frame.columns.items() if _begins(x, label)}
    if nested:
        inner = {_drop_first_level(one): name for one, name in nested.items()}
        return replace(frame, columns=inner)
    span = frame.spans.get(frame.columns.get(label, ""))
    if span is not None:
        return replace(take_column(frame, label, ""), expr=span)
    return take_column(frame, label, require_column(node, frame, label))


def _begins(one: Label, label: Label) -> bool:
    return isinstance(one, tuple) and len(one) > 1 and one[0] == label


def _drop_first_level(label: Label) -> Label:
    rest = cast("tuple[str, ...]", label)[1:]
    return rest[0] if len(rest) == 1 else rest


def select_columns(node: ast.AST, frame: Frame, labels: Sequence[Label]) -> Frame:
    """Return a frame of these columns."""
    if len({*labels}) < len(labels):
        raise UnreadError(node, "a frame with one column twice is not read; name each once")
    chosen = {label: name_column(node, frame, label) for label in labels}
    return replace(frame, columns=chosen, complete=True, dropped=frozenset(), view=False)


def filter_rows(node: ast.AST, frame: Frame, mask: Series) -> Frame:
    """Return the rows of a frame for which a mask is true."""
    alignment.check_labels(node, frame, mask)
    mask = alignment.separate(frame.rows, materialize(mask))
    rows = combine(frame.rows, mask.rows)
    if rows is None:
        raise UnreadError(node, "this mask is of other rows; make it of the frame that it filters")
    condition = operators.read_truth(node, mask.expr, rows)
    if condition == operators.ALWAYS:
        return frame
    return replace(frame, rows=keep(rows, condition), view=False)


def slice_rows(node: ast.AST, frame: Frame, found: slice) -> Frame:
    """Return `frame[:n]`."""
    stop = found.stop
    if found.start in {None, 0} and found.step is None and isinstance(stop, int) and stop >= 0:
        return replace(frame, rows=limit_rows(frame.rows, stop), view=True)
    raise UnreadError(node, "of a slice, only the first rows, [:n], are read")


def read_loc(node: ast.AST, owner: Value, *index: Value) -> Value:
    """Read `df.loc[mask]`, `df.loc[mask, columns]` and `df.loc[:, columns]`."""
    frame = cast("Frame", cast("Part", owner).owner)
    rows = index[0]
    match rows:
        case Part("places", Grouped(keys=keys)):
            frame = select_places(node, frame, rows, tuple(dict.fromkeys(keys.values())))
        case Part("places", Series(scope=keys)) if frame.scope == keys:
            match index:
                case (Part(), Const(str() | int() as label)) if keys:
                    name = require_column(node, frame, label)
                    return take_at_place(node, take_column(frame, label, name), rows)
            frame = select_places(node, frame, rows, keys)
        case Series():
            frame = filter_rows(node, frame, rows)
        case Const(slice() as found) if found == slice(None, None, None):
            pass
        case Const(found):
            frame = take_rows(node, frame, found)
        case _:
            raise UnreadError(node, "loc is read with a condition on rows, or with labels")
    return select(node, frame, index[1]) if len(index) > 1 else frame


def take_at_place(node: ast.AST, column: Series, part: Part) -> Scalar:
    """Return `g.loc[g["b"].idxmax(), "a"]`: a column's value in one row of each group."""
    below, expr, descending = part.details
    if not isinstance(part.owner, Series) or column.rows != below:
        raise UnreadError(node, "idxmax is read of a column of the same group")
    word = "largest" if descending else "smallest"
    keys = column.scope
    name = find_free_name(below, f"{word}_{expr.name}" if isinstance(expr, Col) else word)
    rows = add_windows(below, keys, (Output(name, write_rank(expr, descending=descending)),))
    first = build_case(((Compare("<=", Col(name), Lit(1)), column.expr),), Lit(None))
    return Scalar(rows, Agg("max", (first,)), keys)


def select_places(node: ast.AST, frame: Frame, part: Part, keys: tuple[str, ...]) -> Frame:
    """Return `frame.loc[groups.idxmax()]`: the first row with the largest value of each group."""
    below, expr, descending = part.details
    if frame.rows != below:
        raise UnreadError(node, "idxmax is read of groups of the frame that loc is of")
    if not keys:
        return replace(frame, rows=take_first_row(below, expr, descending=descending))
    rows = rank_rows(below, keys, write_rank(expr, descending=descending), 1)
    for key in keys:
        test = negate(IsMissing(Col(key)))
        if can_miss(Col(key), rows.schema) and test not in below.where:
            rows = keep(rows, test)
    return replace(frame, rows=sort_rows(rows, tuple(map(SortKey, keys))))


def take_first_row(rows: Rows, expr: Expr, *, descending: bool) -> Rows:
    """Return the row with the largest or smallest value, the first of equal ones."""
    name = find_free_name(rows, "value")
    by = expr.name if isinstance(expr, Col) else name
    rows = rows if by != name else derive(rows, name, expr)
    return limit_rows(sort_rows(rows, (SortKey(by, descending),)), 1)


def rank_rows(rows: Rows, keys: tuple[str, ...], rank: Expr, n: int) -> Rows:
    """Return the n rows of each group that have the first ranks."""
    name = find_free_name(rows, "place")
    return keep(add_windows(rows, keys, (Output(name, rank),)), Compare("<=", Col(name), Lit(n)))


def write_rank(expr: Expr, *, descending: bool) -> Expr:
    """Return the rank of a value, the first of equal ones first; missing has none."""
    return Agg("rank", (expr, Lit("first"), *((Lit(True),) if descending else ())))


def write_place(rows: Rows, expr: Expr, *, descending: bool) -> Expr:
    """Return the place of a value in a group that is sorted by it: missing ones are the last."""
    rank, missing = write_rank(expr, descending=descending), IsMissing(expr)
    if not can_miss(expr, rows.schema):
        return rank
    before = Agg("cumsum", (build_case(((missing, Lit(1)),), Lit(0)),))
    return build_case(((missing, Arith("+", Agg("count", (expr,)), before)),), rank)


def read_labels(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read `df.index[labels]`, where the rows are those of a file: their places are the labels."""
    frame = cast("Frame", cast("Part", owner).owner)
    plain = isinstance(frame.rows.origin, Loaded) and not frame.rows.where
    if not (plain and isinstance(index, Part) and index.kind == "rows"):
        raise UnreadError(node, "the labels of rows are not read; filter by a condition")
    return index


def keep_labels(_call: object, part: Part) -> Part:
    """Read `df.index.tolist()`."""
    return part


def take_keys(_node: ast.AST, owner: Value) -> Value:
    """Read `df.index.values` of an index that is a column."""
    return cast("Part", owner).owner


def read_keys(_call: object, part: Part) -> Value:
    """Read `df.index.to_series()` of an index that is a column."""
    return part.owner


def read_iloc(node: ast.AST, owner: Value, *index: Value) -> Value:
    """Read `df.iloc[:n]`."""
    frame = cast("Frame", cast("Part", owner).owner)
    match index:
        case (Const(slice() as found),):
            return slice_rows(node, frame, found)
        case (Const(0 | -1),) if frame.scope:
            return Part("group row", frame, index)
        case (Const(slice() as found), columns):
            every = found == slice(None, None, None)
            frame = frame if every else slice_rows(node, frame, found)
            return select(node, frame, name_columns_at(node, frame, columns))
    raise UnreadError(node, "iloc is read as .iloc[:n] only; use columns' names")
