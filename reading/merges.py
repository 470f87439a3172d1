"""Merges: two files joined, and a frame with the aggregations of its own groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from ..spec.expression import Col, IsMissing, Lit, substitute
from ..spec.parser import case
from ..spec.schema import Schema
from ..spec.workload import How, Join
from .assignment import assign_column
from .calls import Call
from .meaning import can_miss, negate
from .rows import (
    Aggregated,
    Loaded,
    Rows,
    Sorted,
    combine,
    conditions,
    derive,
    inner_rows,
    join,
    keep,
)
from .selection import need_column
from .values import Column, Frame, Label, Value

if TYPE_CHECKING:
    from ..spec.expression import Expr


@dataclass(frozen=True, slots=True)
class _Merge:
    """Two frames, the columns of their keys by label, and how rows without a match are kept."""

    call: Call
    frame: Frame
    other: Frame
    left: dict[Label, str]
    right: dict[Label, str]
    how: str


def read_merge(call: Call, frame: Frame) -> Value:
    """Read `merge` with another file, or with an aggregation of the same rows."""
    other = call.need("right")
    if isinstance(other, Column):
        raise call.fail("merge with a series is not read; call reset_index on it")
    if not isinstance(other, Frame):
        raise call.fail("merge is read with a frame that this code reads from a file")
    return merge_frames(call, frame, other)


def merge_frames(call: Call, frame: Frame, other: Frame) -> Frame:
    """Return two frames joined on equal keys."""
    how = call.constant("how", "inner")
    call.constant("sort")
    call.constant("validate")
    suffixes = call.constant("suffixes", ("_x", "_y"))
    on = call.names("on") or call.names("left_on")
    beside = call.names("right_on") if call.has("left_on") else on
    if not on and frame.complete and other.complete:
        on = beside = [label for label in frame.columns if label in other.columns]
    if not on or len(on) != len(beside) or how not in {"inner", "left", "right", "outer"}:
        raise call.fail("merge is read with keys, and how='inner', 'left', 'right' or 'outer'")
    left = {label: need_column(call.node, frame, label) for label in on}
    right = {label: need_column(call.node, other, label) for label in beside}
    merge = _Merge(call, frame, other, left, right, how)
    return _merge_aggregation(merge) or _merge_table(merge, suffixes)


def _merge_aggregation(merge: _Merge) -> Frame | None:
    """Return a frame with values of its own groups; None where the other is of other rows."""
    frame, other = merge.frame, merge.other
    rows = inner_rows(other.rows) if isinstance(other.rows.origin, Sorted) else other.rows
    if rows is None or not isinstance(rows.origin, Aggregated) or rows.where:
        return None
    keys = rows.origin.keys
    if {*keys} != {*merge.left.values()} or {*keys} != {*merge.right.values()}:
        return None
    present = {negate(IsMissing(Col(name))) for name in keys}
    below = rows.origin.rows
    if not conditions(below) - conditions(frame.rows) <= present:
        return None
    plainly = replace(below, where=tuple(one for one in below.where if one not in present))
    common = combine(frame.rows, plainly)
    if common is None:
        return None
    derived = tuple(dict.fromkeys((*rows.derived, *other.rows.derived)))
    made = replace(rows, derived=derived)
    return _add_groups(replace(merge, frame=replace(frame, rows=common)), made)


def _add_groups(merge: _Merge, rows: Rows) -> Frame:
    """Return a frame with the outputs of an aggregation of its rows, in each row of a group."""
    origin, frame, call = cast("Aggregated", rows.origin), merge.frame, merge.call
    values = {one.name: one.expression for one in origin.outputs}
    values |= {one.name: substitute(one.expression, values) for one in rows.derived}
    schema = frame.rows.schema
    missing = [IsMissing(Col(key)) for key in origin.keys if can_miss(Col(key), schema)]
    for label, name in merge.other.columns.items():
        if name in origin.keys:
            continue
        if label in frame.columns:
            raise call.fail(f"both frames have a column {label!r}; rename one of them first")
        branches = tuple((test, cast("Expr", Lit(None))) for test in missing)
        expr = case(branches, values[name]) if missing else values[name]
        column = Column(frame.rows, expr, label, keys=origin.keys)
        frame = assign_column(call.node, frame, label, column)
    for test in missing if merge.how == "inner" else ():
        frame = replace(frame, rows=keep(frame.rows, negate(test)))
    return frame


def _merge_table(merge: _Merge, suffixes: tuple[str, str]) -> Frame:
    """Return a file's frame joined with another file's."""
    call, frame, other, how = merge.call, merge.frame, merge.other, merge.how
    origin, table = frame.rows.origin, other.rows.origin
    if not isinstance(origin, Loaded) or not isinstance(table, Loaded):
        raise call.fail("merge is read of frames that are read from files, before other steps")
    if other.rows.where or other.rows.derived:
        raise call.fail("the right frame of a merge is read as its file has it; filter afterwards")
    if any(label != name for label, name in (*merge.left.items(), *merge.right.items())):
        raise call.fail("merge on renamed keys is not read")
    if how in {"right", "outer"} and (frame.rows.where or frame.rows.derived):
        raise call.fail(f"merge with how={how!r} is read of the file's rows; filter afterwards")
    if _may_match_missing(merge):
        raise call.fail("pandas joins missing keys with each other, a workload does not; drop them")
    keys, others = tuple(merge.left.values()), tuple(merge.right.values())
    found = Join(table.name, keys, cast("How", how), () if keys == others else others)
    schema, beside = frame.rows.schema, other.rows.schema
    known = None
    if schema is not None and beside is not None:
        derived = {output.name for output in frame.rows.derived}
        own = tuple(column for column in schema.columns if column.name not in derived)
        known = Schema(own, schema.rows, ((table.name, beside),))
    rows = join(origin.name, known, found)
    for condition in frame.rows.where:
        rows = keep(rows, condition)
    for output in frame.rows.derived:
        rows = derive(rows, output.name, output.expression)
    columns: dict[Label, str] = {}
    shared = {*frame.columns} & {*other.columns} - {*found.shared}
    for label, name in frame.columns.items():
        columns[f"{label}{suffixes[0]}" if label in shared else label] = name
    for label, name in other.columns.items():
        if label not in found.shared:
            shown = f"{label}{suffixes[1]}" if label in shared else label
            columns[shown] = f"{name}_right" if known and name in known else name
    complete, dropped = frame.complete and other.complete, frame.dropped | other.dropped
    unread = {**other.unread, **frame.unread}
    return Frame(rows, columns, complete, dropped=dropped, unread=unread)


def _may_match_missing(merge: _Merge) -> bool:
    one, two = merge.frame.rows.schema, merge.other.rows.schema
    if one is None or two is None:
        return False
    pairs = zip(merge.left.values(), merge.right.values(), strict=True)
    return any(can_miss(Col(key), one) and can_miss(Col(beside), two) for key, beside in pairs)
