"""`pd.concat`: rows of several files, values of several columns, or columns beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import cast

from ..spec.expression import Col, choose_fresh_name
from ..spec.workload import Unpivot
from . import alignment
from .alignment import label_name
from .assignment import assign_column
from .calls import CodeCall
from .files import EACH
from .model import LoadedFrame
from .rows import Loaded, derive, find_free_name, keep, list_names, unpivot
from .values import Frame, Part, Series, UnreadError, Value, take_column

REPEATED = "several rows have one label in pandas, each file's from 0: write ignore_index=True"
NEAREST = (
    "pd.concat of rows is read of whole files, and of columns of one frame; save these rows to "
    "files, and read them as one: files: data/*.parquet"
)
ONE_FILE = "pd.concat of rows of one file is not read; keep its rows by one condition: df[a | b]"
OTHER_COLUMNS = "pd.concat fills columns that one file lacks; a workload's files have the same ones"
OTHERWISE = "pd.concat is read of files that are read and changed in the same way; change it after"


def read_concat(call: CodeCall) -> Value:
    """Read `pd.concat`: of rows, or with axis=1 of columns of the same rows."""
    given = call.require("objs")
    one = isinstance(given, Part) and given.kind == EACH
    parts = [given] if one else call.read_items("objs")
    if call.read_constant("axis", 0) in {1, "columns"}:
        return _put_beside(call, parts)
    call.read_constant("sort")
    if not parts:
        raise call.fail("pd.concat of nothing raises in pandas")
    if all(isinstance(part, Series) for part in parts):
        return _stack_columns(call, cast("list[Series]", parts))
    frames = [
        part.owner if isinstance(part, Part) and part.kind == EACH else part for part in parts
    ]
    if not all(isinstance(one, Frame) and _is_of_file(one) for one in frames):
        raise call.fail(NEAREST)
    return _stack_files(call, cast("list[Frame]", frames))


def _put_beside(call: CodeCall, parts: Sequence[Value]) -> Frame:
    keys = call.read_names("keys")
    call.read_constant("ignore_index")
    pairs: list[tuple[object, Value]] = []
    for number_of, part in enumerate(parts):
        match part:
            case Series():
                label = keys[number_of] if keys else part.name
                pairs.append((label if label is not None else number_of, part))
            case Frame() if part.whole:
                named = part.columns.items()
                pairs += [(label, take_column(part, label, name)) for label, name in named]
            case _:
                raise call.fail("pd.concat is read of series of the same rows")
    return join_columns(call, pairs)


def join_columns(call: CodeCall, pairs: list[tuple[object, Value]]) -> Frame:
    """Return a frame of columns of the same rows, beside each other."""
    columns = [value for _, value in pairs if isinstance(value, Series)]
    if not columns:
        raise call.fail("a frame is read if it is made of columns")
    first = alignment.materialize(columns[0])
    rows = first.rows
    for column in columns[1:]:
        beside = alignment.separate(rows, alignment.materialize(column))
        made = alignment.find_common_rows(rows, beside.rows)
        if made is None:
            raise call.fail("these columns are of different rows; merge their frames")
        rows = made
    frame = Frame(rows, {}, index=first.index, labels=first.labels)
    if len({label for label, _ in pairs}) < len(pairs):
        raise call.fail("a frame with one column twice is not read; name the columns with keys")
    for label, value in pairs:
        frame = assign_column(call.node, frame, cast("str", label), value)
    return frame


def _stack_columns(call: CodeCall, columns: list[Series]) -> Series:
    """Return the values of columns of the same rows as one column, those of the first before."""
    call.read_constant("ignore_index")
    try:
        found = alignment.align(call.node, *columns)
    except UnreadError:
        raise call.fail(NEAREST) from None
    if found.keys is not None or any(one.scope or one.index for one in columns):
        raise call.fail(NEAREST)
    rows, names = found.rows, list[str]()
    for column, expr in zip(columns, found.exprs, strict=True):
        name = expr.name if isinstance(expr, Col) else ""
        if not name or name in names:
            name = find_free_name(rows, label_name(column.name, "part"))
            rows = derive(rows, name, expr)
        names.append(name)
    label = columns[0].name if len({one.name for one in columns}) == 1 else None
    shown = choose_fresh_name(label_name(label, "value"), list_names(rows))
    form = Unpivot(tuple(names), (), choose_fresh_name("part", {*names, shown}), shown)
    rows = unpivot(rows, form, {name: name for name in names})
    return Series(rows, Col(shown), label)


def _is_of_file(frame: Frame) -> bool:
    """Return whether rows are those of a file, with what each of them makes itself."""
    return isinstance(frame.rows.origin, Loaded) and not (frame.index or frame.scope)


def _stack_files(call: CodeCall, frames: list[Frame]) -> Frame:
    """Return the rows of files below each other, as those of one dataset."""
    loaded = [_find_loaded(call, one) for one in frames]
    first, frame = loaded[0], frames[0]
    if len({one.file for one in loaded}) < len(loaded):
        raise call.fail(ONE_FILE)
    if any(_list_options(one) != _list_options(first) for one in loaded):
        raise call.fail("pd.concat is read of files that are read with the same options")
    if any(one.categories for one in loaded):
        raise call.fail("pd.concat of categories is not read; read the files as text")
    for one in frames[1:]:
        if {*one.columns} != {*frame.columns}:
            raise call.fail(OTHER_COLUMNS)
        same = one.rows.where == frame.rows.where and one.rows.derived == frame.rows.derived
        if not same or one.columns != frame.columns or one.unread != frame.unread:
            raise call.fail(OTHERWISE)
    if not call.read_constant("ignore_index", False):
        call.reader.note(call.node, REPEATED)
    signs = zip(*(one.name for one in loaded), strict=False)
    shared = takewhile(lambda those: len({*those}) == 1, signs)
    name = "".join(those[0] for those in shared).strip("_0123456789") or "data"
    node = call.node
    end = node.end_lineno or node.lineno
    whole = replace(first, name=name, line=node.lineno, end_line=end, parts=tuple(loaded))
    made = call.reader.load(whole)
    rows = made.rows
    for test in frame.rows.where:
        rows = keep(rows, test)
    for output in frame.rows.derived:
        rows = derive(rows, output.name, output.expression)
    labels = made.labels if call.read_constant("ignore_index", False) else None
    return replace(frame, rows=rows, labels=labels, view=False)


def _find_loaded(call: CodeCall, frame: Frame) -> LoadedFrame:
    name = cast("Loaded", frame.rows.origin).name
    return next(one for one in call.reader.frames if one.name == name)


def _list_options(frame: LoadedFrame) -> tuple[str, dict[str, str]]:
    options = dict(frame.options)
    return frame.reader, {
        key: options[key] for key in options.keys() - {"path", "filepath_or_buffer"}
    }
