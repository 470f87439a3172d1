"""Columns of frames, added, changed, renamed and dropped."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from ..spec.expression import Col, build_chain
from ..spec.kinds import KindError
from . import alignment, operators
from .alignment import label_name, materialize
from .calls import CodeCall, to_python
from .categories import name_made
from .meaning import negate
from .rows import (
    Rows,
    combine,
    derive,
    find_free_name,
    keep,
    widen_below,
)
from .selection import find_column, name_column, select
from .values import (
    CodeFunction,
    Const,
    Frame,
    Label,
    Library,
    Mapping,
    Part,
    Scalar,
    Series,
    UnreadError,
    Value,
    make_column,
    take_column,
)

SEVERAL = "several columns are assigned a frame or a constant only"
SPAN = "a span of time is read as its .dt.days or .dt.total_seconds()"


def assign_column(node: ast.AST, frame: Frame, label: Label, value: Value) -> Frame:
    """Return a frame with a column more, or another in its place."""
    if isinstance(value, Frame) and len(value.columns) == 1:
        value = take_column(value, *next(iter(value.columns.items())))
    if isinstance(value, Part) and value.kind == "keys":
        value = value.owner
    if not isinstance(value, Series | Scalar | Const):
        raise UnreadError(node, f"a column cannot be assigned {alignment.describe(value)}")
    if isinstance(value, Const) and isinstance(value.value, list | tuple | dict):
        raise UnreadError(node, "a column of listed values is not read; compute it of columns")
    wanted = label_name(label)
    column = on_frame(node, frame, value, wanted)
    match column.expr:
        case Col(name) if name == wanted or name not in frame.outputs.values():
            if name == wanted:
                return _with_column(frame, column.rows, label, name)
    name = name_made(find_free_name(column.rows, wanted), column.expr)
    if operators.is_span(column.expr, column.rows):
        made = replace(frame, rows=column.rows).without(label, SPAN)
        return replace(made, spans={**made.spans, made.columns[label]: column.expr})
    try:
        rows = derive(column.rows, name, column.expr)
    except KindError as error:
        raise UnreadError(node, str(error)) from None
    except KeyError as error:
        raise UnreadError(node, f"unknown column {error}") from None
    return _with_column(frame, rows, label, name)


def assign_columns(node: ast.AST, frame: Frame, labels: Sequence[Label], value: Value) -> Frame:
    """Return a frame with several columns of another frame, in order, or of one constant."""
    parts: list[Value] = [value] * len(labels)
    if isinstance(value, Frame):
        if not value.whole or len(value.columns) != len(labels):
            raise UnreadError(
                node, f"{len(labels)} columns are assigned, but another number is computed"
            )
        parts = [take_column(value, one, name) for one, name in value.columns.items()]
    elif not isinstance(value, Const):
        raise UnreadError(node, SEVERAL)
    for label, part in zip(labels, parts, strict=True):
        frame = assign_column(node, frame, label, part)
    return frame


def _with_column(frame: Frame, rows: Rows, label: Label, name: str) -> Frame:
    return replace(
        frame,
        rows=rows,
        columns={**frame.columns, label: name},
        dropped=frame.dropped - {str(label)},
    )


def on_frame(
    node: ast.AST, frame: Frame, value: Series | Scalar | Const, wanted: str | None = None
) -> Series:
    """Return a value as a column of a frame's rows."""
    if isinstance(value, Const):
        return make_column(frame, alignment.make_literal(value.value, node))
    if isinstance(value, Series):
        alignment.check_labels(node, frame, value)
    column = materialize(Series(value.rows, value.expr, None, value.keys), wanted)
    column = alignment.separate(frame.rows, column)
    rows = combine(frame.rows, column.rows) or widen_below(frame.rows, column.rows)
    if rows is None:
        column = alignment.take_some_rows(frame.rows, column)
        rows = combine(frame.rows, column.rows)
    if rows is None:
        message = "this value is of other rows than the frame; merge it by its keys"
        raise UnreadError(node, message)
    return replace(make_column(frame, column.expr, column.name), rows=rows)


def operate(
    node: ast.AST, op: ast.operator, left: Value, right: Value, *, by_rows: bool = False
) -> Frame:
    """Return arithmetic of each column of a frame with one number, or with one of each row."""
    first = isinstance(left, Frame)
    frame, other = (left, right) if first else (right, left)
    known = isinstance(other, Const | Scalar) or (by_rows and isinstance(other, Series))
    if not isinstance(frame, Frame) or not known or not frame.whole:
        raise UnreadError(node, "arithmetic of a frame is read with one number; name the columns")
    for label, name in frame.columns.items():
        column = take_column(frame, label, name)
        sides = (column, other) if first else (other, column)
        frame = assign_column(node, frame, label, operators.read_binary(node, op, *sides))
    return frame


def set_index(node: ast.AST, frame: Frame, value: Value) -> Frame:
    """Return a frame with a column as its index: `df.index = df["day"]`."""
    if not isinstance(value, Series):
        raise UnreadError(node, "an index is assigned a column only; call set_index")
    label = value.name if value.name is not None else "index"
    made = assign_column(node, frame, "index of the code", value)
    name = made.columns.pop("index of the code")
    return replace(made, columns=frame.columns, index={label: name})


def drop_columns(node: ast.AST, frame: Frame, labels: Sequence[Label]) -> Frame:
    """Return a frame without some columns."""
    for label in labels:
        name_column(node, frame, label)
    columns = {one: name for one, name in frame.columns.items() if one not in labels}
    dropped = frame.dropped | {str(one) for one in labels}
    return replace(frame, columns=columns, dropped=dropped)


def rename_columns(frame: Frame, names: dict[Label, Label]) -> Frame:
    """Return a frame with other names of columns."""
    columns = dict(frame.columns)
    dropped = set(frame.dropped)
    if not frame.complete:
        for old in names:
            if old not in columns and (name := find_column(frame, old)) is not None:
                columns[old] = name
                dropped.add(str(old))
    renamed = {names.get(one, one): name for one, name in columns.items()}
    index = {names.get(one, one): name for one, name in frame.index.items()}
    kept = frozenset(dropped - {str(one) for one in renamed})
    return replace(frame, columns=renamed, index=index, dropped=kept)


def rename_all(node: ast.AST, frame: Frame, labels: object) -> Frame:
    """Return a frame whose columns have these names, in order."""
    if not frame.complete:
        raise UnreadError(node, "to name all columns, they have to be known: give --data")
    if not isinstance(labels, list | tuple) or len(labels) != len(frame.columns):
        raise UnreadError(node, f"the frame has {len(frame.columns)} columns; name each")
    columns = dict(zip(labels, frame.columns.values(), strict=True))
    return replace(frame, columns=columns)


def read_drop(call: CodeCall, frame: Frame) -> Frame:
    """Read `drop` of columns."""
    for name in ("labels", "index"):
        if isinstance(call.read_value(name), Part):
            return _drop_rows(call, frame, call.read_value(name))
    labels = call.read_names("columns")
    if call.has("labels"):
        if call.read_constant("axis", 0) not in {1, "columns"}:
            raise call.fail(BY_INDEX)
        labels += call.read_names("labels")
    call.read_constant("axis")
    call.read_constant("errors")
    return drop_columns(call.node, frame, labels)


BY_INDEX = "drop of rows by their index is not read; filter by a condition"


def _drop_rows(call: CodeCall, frame: Frame, part: Value) -> Frame:
    """Return a frame without the rows of a part of it: `df.drop(df[mask].index)`."""
    call.read_constant("axis")
    inner = part.owner if isinstance(part, Part) and part.kind == "rows" else None
    if not isinstance(inner, Frame) or frame.index:
        raise call.fail(BY_INDEX)
    tests = tuple(one for one in inner.rows.where if one not in frame.rows.where)
    plainly = replace(inner.rows, where=frame.rows.where)
    rows = combine(frame.rows, plainly)
    if rows is None or not tests or not {*frame.rows.where} <= {*inner.rows.where}:
        raise call.fail(BY_INDEX)
    return replace(
        frame, rows=keep(rows, negate(build_chain("and", *tests) if tests[1:] else tests[0]))
    )


def read_rename(call: CodeCall, frame: Frame) -> Frame:
    """Read `rename(columns={…})`."""
    names = call.read_constant("columns")
    match call.read_value("index"):
        case Library("builtins.str") | Const(None):  # the labels of rows are no values
            pass
        case _:
            raise call.fail("rename with 'index' is not read; leave 'index' out")
    if names is None and call.read_constant("axis") in {1, "columns"}:
        names = call.read_constant("mapper")
    if not isinstance(names, dict):
        raise call.fail("rename is read with columns={'old': 'new'}")
    return rename_columns(frame, names)


def read_assign(call: CodeCall, frame: Frame) -> Frame:
    """Read `assign(name=column or function)`."""
    for name, value in call.take_extra().items():
        made = call.enter(value, frame) if isinstance(value, CodeFunction) else value
        frame = assign_column(call.node, frame, name, made)
    return frame


def read_astype(call: CodeCall, frame: Frame) -> Frame:
    """Read `astype({column: type})`."""
    kinds = call.read_value("dtype")
    call.read_constant("errors")
    pairs: dict[Label, object] = {}
    match kinds:
        case Const(dict() as found):
            pairs = dict(found)
        case Mapping(items):
            pairs = {
                key: value.name
                if isinstance(value, Library)
                else to_python(value, call.node, "a type")
                for key, value in items
            }
        case _:
            raise call.fail("astype of a frame is read with a type for each column")
    for label, kind in pairs.items():
        if frame.find(label) in frame.unread:
            continue
        column = select(call.node, frame, Const(label))
        made = call.reader.convert(call.node, column, str(kind).rpartition(".")[2])
        if made is not column:
            frame = assign_column(call.node, frame, label, made)
    return frame


def _type_name(call: CodeCall, value: Value) -> object:
    return value.name if isinstance(value, Library) else to_python(value, call.node, "a type")


def read_set_axis(call: CodeCall, frame: Frame) -> Frame:
    """Read `set_axis(names, axis=1)`."""
    if call.read_constant("axis") not in {1, "columns"}:
        raise call.fail("set_axis is read with axis=1")
    return rename_all(call.node, frame, call.read_constant("labels"))
