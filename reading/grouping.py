"""The keys of groups: names, columns, conditions and periods."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from ..spec.expression import Col
from ..spec.kinds import KindError
from .alignment import label_name
from .assignment import on_frame
from .calls import CodeCall
from .categories import find_category, name_made
from .category_columns import describe_rows
from .rows import (
    Rows,
    derive,
    find_free_name,
    list_names,
)
from .selection import require_column
from .values import (
    Const,
    Frame,
    Grouped,
    Items,
    Label,
    Part,
    Series,
    Value,
)


def read_groupby(call: CodeCall, frame: Frame) -> Grouped:
    """Read `groupby`."""
    if call.read_constant("axis", 0) not in {0, "index"}:
        raise call.fail("groupby over columns is not read")
    by = call.read_value("by") if call.has("by") else call.read_value("level")
    frame, keys = group_keys(call, frame, by)
    note_empty(call, frame.rows, keys, "observed=True")
    match by:
        # beside another key, pandas fills no gaps
        case Part("grouper") | Items((Part("grouper"),)):
            times = next(reversed(keys.values()))
        case _:
            times = ""
    return Grouped(
        frame,
        keys,
        sort=bool(call.read_constant("sort", True)),
        as_index=bool(call.read_constant("as_index", True)),
        group_keys=bool(call.read_constant("group_keys", True)),
        dropna=bool(call.read_constant("dropna", True)),
        times=times,
    )


def note_empty(call: CodeCall, rows: Rows, keys: dict[Label, str], mend: str) -> None:
    """Note that pandas also answers categories without rows, where there may be any."""
    if call.read_constant("observed", False):
        return
    found = [find_category(Col(name)) for name in keys.values()]
    here = describe_rows(rows)
    sure = len(keys) == 1 and all(one is None or one.rows == here for one in found)
    if any(found) and not sure:
        text = f"pandas also answers categories without rows; write {mend} to leave them"
        call.reader.note(call.node, text)


def group_keys(call: CodeCall, frame: Frame, by: Value) -> tuple[Frame, dict[Label, str]]:
    """Return a frame with the keys of groups among its columns, and their names in the rows.

    In a function of groups, these are keys of its groups, too.
    """
    parts: list[Value]
    match by:
        case Const(list() | tuple() as labels):
            parts = [Const(one) for one in labels]
        case Items(values):
            parts = list(values)
        case _:
            parts = [by]
    keys: dict[Label, str] = {key: key for key in frame.scope}
    for part in parts:
        frame, label, name = _group_key(call, frame, part)
        while label in keys:
            label = f"{label}_2"
        keys[label] = name
    if not parts:
        raise call.fail("groupby needs keys")
    return frame, keys


def _group_key(call: CodeCall, frame: Frame, part: Value) -> tuple[Frame, Label, str]:
    match part:
        case Const(int() as level) if level not in frame.columns and level < len(frame.index):
            label = list(frame.index)[level]
            return frame, label, frame.index[label]
        case Const(int() as label) if label in frame.columns:
            return frame, label, frame.columns[label]
        case Const(str() | tuple() as label):
            return frame, label, require_column(call.node, frame, label)
        case Series() | Part("keys", Series()):
            column = part.owner if isinstance(part, Part) else part
            return _read_derived_key(call, frame, cast("Series", column))
        case Part("grouper", _, (key, unit)):
            if key is None and len(frame.index) != 1:
                raise call.fail("pd.Grouper is read with a key, or of an index of times")
            key = str(next(iter(frame.index))) if key is None else key
            return _read_derived_key(
                call, frame, call.reader.read_period(call.node, frame, key, unit)
            )
    raise call.fail("these groups are not read; group by names of columns, or by columns")


def _read_derived_key(call: CodeCall, frame: Frame, column: Series) -> tuple[Frame, Label, str]:
    label: Label = column.name if column.name is not None else "key"
    column = on_frame(call.node, frame, column)
    frame = replace(frame, rows=column.rows)
    match column.expr:
        case Col(name):
            return frame, label, name
    wanted = label_name(label, "key")
    wanted = "key" if wanted in list_names(column.rows) else wanted
    name = name_made(find_free_name(column.rows, wanted), column.expr)
    try:
        return replace(frame, rows=derive(column.rows, name, column.expr)), label, name
    except KindError as error:
        raise call.fail(str(error)) from None
