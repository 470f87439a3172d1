"""Wide tables, read as the rows that they are made of: one for each cell that has a value."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..spec.expression import Col, IsMissing
from ..spec.parser import chain
from ..spec.workload import SortKey
from .calls import CodeCall
from .meaning import can_miss, negate
from .operators import materialize
from .rows import Aggregated, Rows, Sorted, keep, sort
from .selection import need_column
from .values import Const, Frame, Grouped, Label, Part, Series, Value


def widen(call: CodeCall, owner: Series | Frame, level: Label) -> Part:
    """Return an answer of groups whose last key, or another, names the columns of a table."""
    index = dict(owner.index)
    levels = list(index)
    label = levels[level] if isinstance(level, int) and level not in index else level
    if len(levels) < 2 or label not in index:
        raise call.fail("unstack is read of groups of two keys or more")
    index = {**{one: name for one, name in index.items() if one != label}, label: index[label]}
    made = materialize(owner) if isinstance(owner, Series) else owner
    cells = [made.expr] if isinstance(made, Series) else [Col(one) for one in made.columns.values()]
    rows = made.rows
    if all(can_miss(cell, rows.schema) for cell in cells):
        rows = keep(rows, negate(chain("and", *map(IsMissing, cells))))
    if not _has_categories(call, rows, index):
        rows = sort(rows, tuple(map(SortKey, index.values())))
    return Part("wide", replace(made, rows=rows, index=index))


def _has_categories(call: CodeCall, rows: Rows, index: dict[Label, str]) -> bool:
    """Return whether a table's rows or columns are in the order of categories, not of values."""
    inlined = {rows.inline(Col(name)) for name in index.values()}
    match rows.origin:
        case Aggregated(below) | Sorted(Rows(Aggregated(below))):
            inlined |= {below.inline(Col(name)) for name in index.values()}
    return not inlined.isdisjoint(call.reader.categories)


def read_unstack(call: CodeCall, owner: Value) -> Part:
    """Read `unstack(level)`."""
    if call.has("fill_value"):
        near = "leave it out: cells without rows then have no row in the answer"
        raise call.fail(f"unstack with fill_value is not read; {near}")
    levels = call.names("level")
    if len(levels) > 1:
        raise call.fail("unstack is read with one level")
    return widen(call, cast("Series | Frame", owner), levels[0] if levels else -1)


def read_pivot_table(call: CodeCall, frame: Frame) -> Value:
    """Read `pivot_table`: a group-by, whose last keys name columns if `columns` is given."""
    index, wide = call.names("index"), call.names("columns")
    if len(wide) > 1 or not index:
        raise call.fail("pivot_table is read with an index, and one column for columns")
    if call.has("fill_value"):
        near = "leave it out: cells without rows then have no row in the answer"
        raise call.fail(f"pivot_table with fill_value is not read; {near}")
    labels = [*index, *wide]
    keys = {label: need_column(call.node, frame, label) for label in labels}
    function = call.value("aggfunc") if call.has("aggfunc") else Const("mean")
    values = call.names("values")
    call.constant("observed")
    made = call.reader.aggregate(call, Grouped(frame, keys), sorted(values), function)
    if not wide or not isinstance(made, Frame):
        return made
    return widen(call, made, wide[0])
