"""Methods of frames."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..spec.expression import Agg, Arith, Col, Compare, Expr, IsMissing, Lit
from ..spec.kinds import KindError
from ..spec.parser import case, chain
from ..spec.vocabulary import suggest
from ..spec.workload import Output, SortKey
from . import operators
from .called import call_on_row
from .calls import Call, Method, accessor, plain
from .meaning import can_miss, negate
from .operators import free_name, kind_of, label_name, materialize
from .rows import (
    Joined,
    Loaded,
    Rows,
    Sorted,
    aggregate,
    combine,
    derive,
    distinct,
    inner_rows,
    keep,
    window,
    with_columns,
)
from .rows import limit as limit_rows
from .rows import sort as sort_rows
from .values import (
    Column,
    Const,
    Frame,
    Function,
    Grouped,
    Items,
    Label,
    Library,
    Mapping,
    Part,
    Scalar,
    UnreadError,
    Value,
    column_of,
    parameters,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def find_column(frame: Frame, label: Label) -> str | None:
    """Return a column's name in the rows, and note that the code has named it."""
    name = frame.find(label)
    if name is not None and not frame.complete:
        _note(frame.rows, name)
    return name


def _note(rows: Rows, name: str) -> None:
    below = inner_rows(rows)
    if below is not None:
        _note(below, name)
    match rows.origin:
        case Loaded(seen=seen) | Joined(seen=seen):
            seen.add(name)


def need_column(node: ast.AST, frame: Frame, label: Label) -> str:
    """Return a column's name in the rows; UnreadError where there is none."""
    name = find_column(frame, label)
    if name is None and label in frame.unread:
        raise UnreadError(node, frame.unread[label])
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
        case Const(label):
            return _select_one(node, frame, label)
        case Column():
            return filter_rows(node, frame, index)
        case Frame():
            raise UnreadError(node, "a mask of a whole frame is not read; name one column")
    raise UnreadError(node, "this selection of a frame is not read; name columns or a condition")


def _select_one(node: ast.AST, frame: Frame, label: Label) -> Value:
    nested = {one: name for one, name in frame.columns.items() if _begins(one, label)}
    if nested and label not in frame.columns:
        inner = {_rest(one): name for one, name in nested.items()}
        return replace(frame, columns=inner)
    return column_of(frame, label, need_column(node, frame, label))


def _begins(one: Label, label: Label) -> bool:
    return isinstance(one, tuple) and len(one) > 1 and one[0] == label


def _rest(label: Label) -> Label:
    rest = cast("tuple[str, ...]", label)[1:]
    return rest[0] if len(rest) == 1 else rest


def select_columns(node: ast.AST, frame: Frame, labels: Sequence[Label]) -> Frame:
    """Return a frame of these columns."""
    chosen = {label: need_column(node, frame, label) for label in labels}
    return replace(frame, columns=chosen, complete=True, dropped=frozenset(), unread={})


def filter_rows(node: ast.AST, frame: Frame, mask: Column) -> Frame:
    """Return the rows of a frame for which a mask is true."""
    mask = materialize(mask)
    rows = combine(frame.rows, mask.rows)
    if rows is None:
        raise UnreadError(node, "this mask is of other rows; make it of the frame that it filters")
    condition = operators.truth(node, mask.expr, rows)
    return replace(frame, rows=keep(rows, condition))


def slice_rows(node: ast.AST, frame: Frame, found: slice) -> Frame:
    """Return `frame[:n]`."""
    stop = found.stop
    if found.start in {None, 0} and found.step is None and isinstance(stop, int) and stop >= 0:
        return replace(frame, rows=limit_rows(frame.rows, stop))
    raise UnreadError(node, "only the first rows, [:n], can be read of a slice")


def assign_column(node: ast.AST, frame: Frame, label: Label, value: Value) -> Frame:
    """Return a frame with a column more, or another in its place."""
    if isinstance(value, Frame) and len(value.columns) == 1:
        value = column_of(value, *next(iter(value.columns.items())))
    if not isinstance(value, Column | Scalar | Const):
        raise UnreadError(node, f"a column cannot be assigned {operators.describe(value)}")
    if isinstance(value, Const) and isinstance(value.value, list | tuple | dict):
        raise UnreadError(node, "a column of listed values is not read; compute it of columns")
    wanted = label_name(label)
    column = _on_frame(node, frame, value, wanted)
    match column.expr:
        case Col(name) if name == wanted or name not in frame.outputs.values():
            if name == wanted:
                return _with_column(frame, column.rows, label, name)
    name = free_name(column.rows, wanted)
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
        if not value.complete or len(value.columns) != len(labels):
            raise UnreadError(node, f"{len(labels)} columns are assigned, and not so many made")
        parts = [column_of(value, one, name) for one, name in value.columns.items()]
    elif not isinstance(value, Const):
        raise UnreadError(node, "several columns are assigned a frame or a constant only")
    for label, part in zip(labels, parts, strict=True):
        frame = assign_column(node, frame, label, part)
    return frame


def _with_column(frame: Frame, rows: Rows, label: Label, name: str) -> Frame:
    return replace(
        frame,
        rows=rows,
        columns={**frame.columns, label: name},
        dropped=frame.dropped - {str(label)},
        unread={one: why for one, why in frame.unread.items() if one != label},
    )


def _on_frame(
    node: ast.AST, frame: Frame, value: Column | Scalar | Const, wanted: str | None = None
) -> Column:
    """Return a value as a column of a frame's rows."""
    if isinstance(value, Const):
        return Column(frame.rows, operators.literal(value.value, node))
    column = materialize(Column(value.rows, value.expr, None, value.keys), wanted)
    rows = combine(frame.rows, column.rows)
    if rows is None:
        column = _of_some_rows(frame.rows, column)
        rows = combine(frame.rows, column.rows)
    if rows is None:
        message = "this value is of other rows than the frame; merge it by its keys"
        raise UnreadError(node, message)
    return replace(column, rows=rows)


def _of_some_rows(target: Rows, column: Column) -> Column:
    """Return a column of some of the rows of a frame as one that is missing in the others."""
    rows = column.rows
    if isinstance(rows.origin, Sorted):
        inner = rows.origin.rows
        where = tuple(map(rows.inline, rows.where))
        rows = with_columns(replace(inner, where=(*inner.where, *where)), rows.derived)
    tests = tuple(one for one in rows.where if one not in target.where)
    if not tests:
        return replace(column, rows=rows)
    kept = tests[0] if len(tests) == 1 else chain("and", *tests)
    plainly = replace(rows, where=tuple(one for one in rows.where if one in target.where))
    return replace(column, rows=plainly, expr=case(((kept, column.expr),), Lit(None)))


def operate(node: ast.AST, op: ast.operator, left: Value, right: Value) -> Frame:
    """Return arithmetic of each column of a frame with one number."""
    first = isinstance(left, Frame)
    frame, other = (left, right) if first else (right, left)
    if not isinstance(frame, Frame) or not isinstance(other, Const | Scalar) or not frame.complete:
        raise UnreadError(node, "arithmetic of a frame is read with one number; name the columns")
    for label, name in frame.columns.items():
        column = column_of(frame, label, name)
        sides = (column, other) if first else (other, column)
        frame = assign_column(node, frame, label, operators.binary(node, op, *sides))
    return frame


def drop_columns(node: ast.AST, frame: Frame, labels: Sequence[Label]) -> Frame:
    """Return a frame without some columns."""
    for label in labels:
        need_column(node, frame, label)
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


# methods


def read_groupby(call: Call, frame: Frame) -> Grouped:
    """Read `groupby`."""
    if call.constant("axis", 0) not in {0, "index"}:
        raise call.fail("groupby over columns is not read")
    by = call.value("by") if call.has("by") else call.value("level")
    frame, keys = group_keys(call, frame, by)
    ordered = has_categories(call, frame, keys)
    return Grouped(
        frame,
        keys,
        sort=bool(call.constant("sort", True)) and not ordered,
        as_index=bool(call.constant("as_index", True)),
        group_keys=bool(call.constant("group_keys", True)),
        dropna=bool(call.constant("dropna", True)),
    )


def has_categories(call: Call, frame: Frame, keys: dict[Label, str]) -> bool:
    """Return whether a key is of categories, whose own order pandas sorts by."""
    observed = call.constant("observed", False)
    inlined = {frame.rows.inline(Col(name)) for name in keys.values()}
    if inlined.isdisjoint(call.reader.categories):
        return False
    if not observed:
        message = "pandas also answers categories without rows; write observed=True to leave them"
        call.reader.note(call.node, message)
    return True


def group_keys(call: Call, frame: Frame, by: Value) -> tuple[Frame, dict[Label, str]]:
    """Return a frame with the keys of groups among its columns, and their names in the rows."""
    parts: list[Value]
    match by:
        case Const(list() | tuple() as labels):
            parts = [Const(one) for one in labels]
        case Items(values):
            parts = list(values)
        case _:
            parts = [by]
    keys: dict[Label, str] = {}
    for part in parts:
        frame, label, name = _group_key(call, frame, part)
        while label in keys:
            label = f"{label}_2"
        keys[label] = name
    if not keys:
        raise call.fail("groupby needs keys")
    return frame, keys


def _group_key(call: Call, frame: Frame, part: Value) -> tuple[Frame, Label, str]:
    match part:
        case Const(int() as level) if level not in frame.columns and level < len(frame.index):
            label = list(frame.index)[level]
            return frame, label, frame.index[label]
        case Const(str() | tuple() as label):
            return frame, label, need_column(call.node, frame, label)
        case Column():
            return _derived_key(call, frame, part)
        case Part("grouper", _, (key, unit)):
            return _derived_key(call, frame, call.reader.period(call.node, frame, key, unit))
    raise call.fail("these groups are not read; group by names of columns, or by columns")


def _derived_key(call: Call, frame: Frame, column: Column) -> tuple[Frame, Label, str]:
    column = _on_frame(call.node, frame, column) if column.keys is None else column
    original = column
    column = _on_frame(call.node, frame, column)
    label: Label = original.name if original.name is not None else "key"
    frame = replace(frame, rows=column.rows)
    match column.expr:
        case Col(name):
            return frame, label, name
    name = free_name(column.rows, label_name(label, "key"))
    try:
        return replace(frame, rows=derive(column.rows, name, column.expr)), label, name
    except KindError as error:
        raise call.fail(str(error)) from None


def read_head(call: Call, frame: Frame) -> Frame:
    """Read `head(n)`."""
    n = call.constant("n", 5)
    if not isinstance(n, int) or n < 0:
        raise call.fail("head of a negative number is not read")
    return replace(frame, rows=limit_rows(frame.rows, n))


def read_sort_values(call: Call, frame: Frame) -> Frame:
    """Read `sort_values`."""
    names = call.names("by")
    ascending = call.constant("ascending", True)
    call.constant("ignore_index")
    if call.constant("na_position", "last") != "last":
        raise call.fail("a workload sorts missing values last; leave na_position out")
    orders = ascending if isinstance(ascending, list | tuple) else [ascending] * len(names)
    if len(orders) != len(names):
        raise call.fail("ascending has another length than by")
    keys = tuple(
        SortKey(need_column(call.node, frame, name), not order)
        for name, order in zip(names, orders, strict=True)
    )
    return replace(frame, rows=sort_rows(frame.rows, keys))


def read_sort_index(call: Call, frame: Frame) -> Frame:
    """Read `sort_index` of an index that is a column."""
    ascending = bool(call.constant("ascending", True))
    if not frame.index:
        return frame
    keys = tuple(SortKey(name, not ascending) for name in frame.index.values())
    return replace(frame, rows=sort_rows(frame.rows, keys))


def read_reset_index(call: Call, frame: Frame) -> Frame:
    """Read `reset_index`: the index becomes columns, or is dropped."""
    if call.constant("drop", False):
        return replace(frame, index={})
    levels = call.names("level")
    moved = {one: name for one, name in frame.index.items() if not levels or one in levels}
    rest = {one: name for one, name in frame.index.items() if one not in moved}
    names = call.names("names")
    if names and len(names) == len(moved):
        moved = dict(zip(names, moved.values(), strict=True))
    return replace(frame, columns={**moved, **frame.columns}, index=rest)


def read_set_index(call: Call, frame: Frame) -> Frame:
    """Read `set_index`."""
    labels = call.names("keys")
    index = {label: need_column(call.node, frame, label) for label in labels}
    if not call.constant("drop", True):
        return replace(frame, index=index)
    columns = {one: name for one, name in frame.columns.items() if one not in index}
    dropped = frame.dropped | {str(label) for label in labels}
    return replace(frame, columns=columns, index=index, dropped=dropped)


def read_drop(call: Call, frame: Frame) -> Frame:
    """Read `drop` of columns."""
    labels = call.names("columns")
    if call.has("labels"):
        if call.constant("axis", 0) not in {1, "columns"}:
            raise call.fail("drop of rows by their index is not read; filter by a condition")
        labels += call.names("labels")
    call.constant("axis")
    call.constant("errors")
    return drop_columns(call.node, frame, labels)


def read_rename(call: Call, frame: Frame) -> Frame:
    """Read `rename(columns={…})`."""
    names = call.constant("columns")
    if names is None and call.constant("axis") in {1, "columns"}:
        names = call.constant("mapper")
    if not isinstance(names, dict):
        raise call.fail("rename is read with columns={'old': 'new'}")
    return rename_columns(frame, names)


def read_assign(call: Call, frame: Frame) -> Frame:
    """Read `assign(name=column or function)`."""
    for name, value in call.extra.items():
        if isinstance(value, Function):
            made = call.reader.enter(call.node, value, _first_argument(call, value, frame))
        else:
            made = value
        frame = assign_column(call.node, frame, name, made)
    return frame


def _first_argument(call: Call, function: Function, value: Value) -> dict[str, Value]:
    names = parameters(function)
    if not names:
        raise call.fail("this function takes no argument")
    return {names[0]: value}


def count_values(
    call: Call, rows: Rows, keys: dict[Label, str], within: tuple[str, ...] = ()
) -> Column:
    """Return the number of rows of each combination of keys, the largest first."""
    names = tuple(keys.values())
    normalize = bool(call.constant("normalize", False))
    name = "count" if "count" not in names else "count_2"
    made = aggregate(rows, names, (Output(name, Agg("size", ())),))
    column = Column(made, Col(name), "count", index=keys)
    if normalize:
        share = Arith("/", column.expr, Agg("sum", (column.expr,)))
        column = materialize(replace(column, expr=share, keys=within, name="proportion"))
    if not call.constant("sort", True) and not within:
        return column
    fresh = cast("Col", column.expr).name
    order = SortKey(fresh, not call.constant("ascending", False))
    by = (*(SortKey(one) for one in within), order)
    return replace(column, rows=sort_rows(column.rows, by))


def read_value_counts(call: Call, frame: Frame) -> Value:
    """Read `value_counts` of several columns."""
    labels = call.names("subset") or list(frame.columns)
    keys = {label: need_column(call.node, frame, label) for label in labels}
    rows = frame.rows
    for name in keys.values() if call.constant("dropna", True) else ():
        if can_miss(Col(name), rows.schema):
            rows = keep(rows, negate(IsMissing(Col(name))))
    return count_values(call, rows, keys)


def read_duplicates(call: Call, frame: Frame) -> Frame:
    """Read `drop_duplicates`."""
    labels = call.names("subset")
    call.constant("ignore_index")
    which = call.constant("keep", "first")
    every = frame.complete and (not labels or {*labels} == {*frame.columns})
    if every and not frame.index and which in {"first", "last"}:
        return replace(frame, rows=distinct(frame.rows, tuple(frame.columns.values())))
    if not labels or which != "first":
        raise call.fail("drop_duplicates is read with subset and keep='first'")
    keys = tuple(need_column(call.node, frame, label) for label in labels)
    return first_rows(frame, keys, 1)


def first_rows(frame: Frame, keys: tuple[str, ...], n: int) -> Frame:
    """Return the first n rows of each group, in the rows' order."""
    name = free_name(frame.rows, "row")
    rows = window(frame.rows, keys, (Output(name, Agg("cumsum", (Lit(1),))),))
    return replace(frame, rows=keep(rows, Compare("<=", Col(name), Lit(n))))


def last_rows(frame: Frame, keys: tuple[str, ...], n: int) -> Frame:
    """Return the last n rows of each group, in the rows' order."""
    name = free_name(frame.rows, "after")
    after = Arith("-", Agg("size", ()), Agg("row_number", ()))
    rows = window(frame.rows, keys, (Output(name, after),))
    return replace(frame, rows=keep(rows, Compare("<", Col(name), Lit(n))))


def read_astype(call: Call, frame: Frame) -> Frame:
    """Read `astype({column: type})`."""
    kinds = call.value("dtype")
    call.constant("errors")
    pairs: dict[Label, object] = {}
    match kinds:
        case Const(dict() as found):
            pairs = dict(found)
        case Mapping(items):
            pairs = {
                key: value.name if isinstance(value, Library) else plain(value, call.node, "a type")
                for key, value in items
            }
        case _:
            raise call.fail("astype of a frame is read with a type for each column")
    for label, kind in pairs.items():
        column = select(call.node, frame, Const(label))
        made = call.reader.convert(call.node, column, str(kind).rpartition(".")[2])
        if made is not column:
            frame = assign_column(call.node, frame, label, made)
    return frame


def _type_name(call: Call, value: Value) -> object:
    return value.name if isinstance(value, Library) else plain(value, call.node, "a type")


def read_set_axis(call: Call, frame: Frame) -> Frame:
    """Read `set_axis(names, axis=1)`."""
    if call.constant("axis") not in {1, "columns"}:
        raise call.fail("set_axis is read with axis=1")
    return rename_all(call.node, frame, call.constant("labels"))


def read_copy(call: Call, frame: Frame) -> Frame:
    """Read `copy`: another object with the same values."""
    call.constant("deep")
    return replace(frame)


def read_dropna(call: Call, frame: Frame) -> Frame:
    """Read `dropna`: rows in which any of some columns is missing are dropped."""
    if call.constant("axis", 0) not in {0, "index"} or call.has("thresh"):
        raise call.fail("dropna is read for rows, with subset and how")
    labels = call.names("subset")
    how = call.constant("how", "any")
    if not labels:
        if not frame.complete:
            raise call.fail("dropna of all columns needs to know them: give subset, or --data")
        labels = list(frame.columns)
    names = [need_column(call.node, frame, label) for label in labels]
    tests = [IsMissing(Col(name)) for name in names if can_miss(Col(name), frame.rows.schema)]
    call.constant("ignore_index")
    if how == "all":
        if len(tests) < len(names):
            return frame
        return replace(frame, rows=keep(frame.rows, negate(chain("and", *tests))))
    rows = frame.rows
    for test in tests:
        rows = keep(rows, negate(test))
    return replace(frame, rows=rows)


def read_fillna(call: Call, frame: Frame) -> Frame:
    """Read `fillna` of whole columns with constants."""
    found = call.constant("value")
    if found is None:
        raise call.fail("fillna is read with a constant for each column")
    if not isinstance(found, dict):
        if not frame.complete:
            raise call.fail("fillna of all columns needs to know them: give --data")
        found = dict.fromkeys(frame.columns, found)
    for label, value in found.items():
        column = cast("Column", select(call.node, frame, Const(label)))
        if can_miss(column.expr, frame.rows.schema):
            filled = fill(call.node, column, Const(value))
            frame = assign_column(call.node, frame, label, filled)
    return frame


def fill(node: ast.AST, column: Column, value: Value) -> Column:
    """Return a column with another value where it is missing."""
    test = column.with_expr(IsMissing(column.expr))
    return cast("Column", operators.choose(node, test, value, column))


def read_largest(call: Call, frame: Frame) -> Frame:
    """Read `nlargest` and `nsmallest`."""
    n, names = call.constant("n"), call.names("columns")
    if call.constant("keep", "first") == "all":
        raise call.fail(f"{call.name} with keep='all' is not read")
    keys = tuple(
        SortKey(need_column(call.node, frame, name), call.name == "nlargest") for name in names
    )
    return replace(frame, rows=limit_rows(sort_rows(frame.rows, keys), n))


def read_pipe(call: Call, owner: Value) -> Value:
    """Read `pipe(function, …)`."""
    values = call.value("*")
    parts = list(values.values) if isinstance(values, Items) else []
    if not parts or not isinstance(parts[0], Function):
        raise call.fail("pipe is read with a function of this code")
    names = parameters(parts[0])
    given = dict(zip(names, [owner, *parts[1:]], strict=False))
    return call.reader.enter(call.node, parts[0], {**given, **call.extra})


def read_apply(call: Call, frame: Frame) -> Value:
    """Read `apply(function, axis=1)`: a function of each row."""
    function = call.need("func")
    if call.constant("axis", 0) not in {1, "columns"}:
        return apply_to_columns(call, frame, function)
    if call.has("args"):
        raise call.fail("apply with args is not read; write the constants into the function")
    call.constant("result_type")
    call.constant("raw")
    if not isinstance(function, Function):
        raise call.fail("apply with axis=1 is read with a lambda or a def of this code")
    given = _first_argument(call, function, Part("row", frame))
    try:
        made = call.reader.enter(call.node, function, given)
    except UnreadError as why:
        return call_on_row(call, frame, function, why)
    match made:
        case Column():
            return replace(made, name=None, element=False, index=frame.index)
        case Const():
            return Column(frame.rows, operators.literal(made.value, call.node))
    raise call.fail("a function of a row is read if it returns one value")


def apply_to_columns(call: Call, frame: Frame, function: Value) -> Frame:
    """Return what a function makes of each column, if it is a column."""
    if not isinstance(function, Function) or not frame.complete:
        raise call.fail("apply over columns is read with a function, and columns that are known")
    for label, name in frame.columns.items():
        column = column_of(frame, label, name)
        made = call.reader.enter(call.node, function, _first_argument(call, function, column))
        if not isinstance(made, Column):
            raise call.fail("a row for each column is not read; aggregate the columns themselves")
        frame = assign_column(call.node, frame, label, made)
    return frame


def read_size(_node: ast.AST, owner: Value) -> Scalar:
    """Return the number of rows."""
    frame = cast("Frame", owner)
    return Scalar(frame.rows, Agg("size", ()), frame.scope)


def read_shape(node: ast.AST, owner: Value) -> Value:
    """Read `df.shape`."""
    frame = cast("Frame", owner)
    columns: Value = (
        Const(len(frame.columns)) if frame.complete else Scalar(frame.rows, Agg("size", ()))
    )
    return Items((read_size(node, owner), columns))


def read_columns(node: ast.AST, owner: Value) -> Value:
    """Read `df.columns`: the names, where all are known."""
    frame = cast("Frame", owner)
    if not frame.complete:
        raise UnreadError(node, "the frame's columns are not known: give --data")
    return Const(list(frame.columns))


def read_loc(node: ast.AST, owner: Value, *index: Value) -> Value:
    """Read `df.loc[mask]`, `df.loc[mask, columns]` and `df.loc[:, columns]`."""
    frame = cast("Frame", cast("Part", owner).owner)
    rows = index[0]
    match rows:
        case Part("places", Grouped(keys=keys)):
            frame = rows_of_places(node, frame, rows, tuple(dict.fromkeys(keys.values())))
        case Part("places", Column(scope=keys)) if frame.scope == keys:
            frame = rows_of_places(node, frame, rows, keys)
        case Column():
            frame = filter_rows(node, frame, rows)
        case Const(slice() as found) if found == slice(None, None, None):
            pass
        case _:
            raise UnreadError(node, "loc is read with a condition on rows, not with an index")
    return select(node, frame, index[1]) if len(index) > 1 else frame


def rows_of_places(node: ast.AST, frame: Frame, part: Part, keys: tuple[str, ...]) -> Frame:
    """Return `frame.loc[groups.idxmax()]`: the first row with the largest value of each group."""
    below, expr, descending = part.details
    if frame.rows != below:
        raise UnreadError(node, "idxmax is read of groups of the frame that loc is of")
    rows = ranked_rows(below, keys, expr, 1, descending=descending)
    for key in keys:
        test = negate(IsMissing(Col(key)))
        if can_miss(Col(key), rows.schema) and test not in below.where:
            rows = keep(rows, test)
    return replace(frame, rows=sort_rows(rows, tuple(map(SortKey, keys))))


def ranked_rows(rows: Rows, keys: tuple[str, ...], expr: Expr, n: int, *, descending: bool) -> Rows:
    """Return the n rows of each group with the largest or least values, the first of equal ones."""
    name = free_name(rows, "place")
    rank = Agg("rank", (expr, Lit("first"), *((Lit(True),) if descending else ())))
    return keep(window(rows, keys, (Output(name, rank),)), Compare("<=", Col(name), Lit(n)))


def read_round(call: Call, frame: Frame) -> Frame:
    """Read `round(decimals)` of all numbers of a frame."""
    if not frame.complete:
        raise call.fail("round of all columns needs to know them: give --data")
    places = call.constant("decimals", 0)
    for label, name in frame.columns.items():
        if kind_of(Col(name), frame.rows) in {"float", "decimal", None}:
            settings = (operators.literal(places, call.node),) if places else ()
            made = operators.word(call.node, "round", Col(name), *settings)
            frame = assign_column(call.node, frame, label, Column(frame.rows, made))
    return frame


def read_iloc(node: ast.AST, owner: Value, *index: Value) -> Value:
    """Read `df.iloc[:n]`."""
    frame = cast("Frame", cast("Part", owner).owner)
    match index:
        case (Const(slice() as found),):
            return slice_rows(node, frame, found)
    raise UnreadError(node, "iloc is read as .iloc[:n] only; use columns' names")


def each_column(reduction: str) -> Callable[[Call, Frame], Value]:
    """Return what reads an aggregation of each column of a frame, or with axis=1 of each row."""

    def read(call: Call, frame: Frame) -> Value:
        if call.constant("axis", 0) in {1, "columns"}:
            return reduce_row(call, frame)
        call.constant("numeric_only")
        message = f"{call.name} of all columns has one row a column, and a workload one row in all"
        if len(frame.columns) == 1 and frame.complete:
            column = column_of(frame, *next(iter(frame.columns.items())))
            return operators.reduce(column, reduction)
        raise call.fail(f"{message}; aggregate one column")

    return read


def reduce_row(call: Call, frame: Frame) -> Column:
    """Return the sum, mean, least or largest of the values of each row, the missing left out."""
    call.constant("numeric_only")
    if not frame.complete or not call.constant("skipna", True) or not frame.columns:
        raise call.fail(f"{call.name} of rows is read of columns that are named")
    rows = frame.rows
    values = [operators.number(Col(name), rows) for name in frame.columns.values()]
    missing = [one for one in values if can_miss(one, rows.schema)]
    if call.name in {"min", "max"}:
        if missing:
            raise call.fail(f"{call.name} of rows with missing values is not read; fill them")
        return Column(rows, operators.word(call.node, call.name, *values), index=frame.index)
    if call.name not in {"sum", "mean"}:
        raise call.fail(f"{call.name} of rows is not read")
    ones = [case(((IsMissing(x), Lit(0)),), Lit(1)) if x in missing else Lit(1) for x in values]
    filled = [case(((IsMissing(x), Lit(0)),), x) if x in missing else x for x in values]
    total, n = _add(filled), _add(ones) if missing else Lit(len(values))
    if call.name == "sum":
        return Column(rows, total, index=frame.index)
    made: Expr = Arith("/", total, n)
    if len(missing) == len(values):
        made = case(((Compare("==", n, Lit(0)), Lit(None)),), made)
    return Column(rows, made, index=frame.index)


def read_row(call: Call, part: Part) -> Column:
    """Read `row.mean()` and the like."""
    return replace(reduce_row(call, cast("Frame", part.owner)), element=True)


def _add(parts: Sequence[Expr]) -> Expr:
    total, *rest = parts
    for part in rest:
        total = Arith("+", total, part)
    return total


FRAME_METHODS = {
    "groupby": Method(read_groupby, "by axis level as_index sort group_keys observed dropna"),
    "head": Method(read_head, "n"),
    "sort_values": Method(
        read_sort_values, "by axis ascending inplace kind na_position ignore_index key"
    ),
    "sort_index": Method(read_sort_index, "axis level ascending inplace kind na_position"),
    "reset_index": Method(read_reset_index, "level drop inplace col_level col_fill names"),
    "set_index": Method(read_set_index, "keys drop append inplace verify_integrity"),
    "drop": Method(read_drop, "labels axis index columns level inplace errors"),
    "rename": Method(read_rename, "mapper index columns axis copy inplace level errors"),
    "assign": Method(read_assign, "**"),
    "copy": Method(read_copy, "deep"),
    "dropna": Method(read_dropna, "axis how thresh subset inplace ignore_index"),
    "fillna": Method(read_fillna, "value method axis inplace limit downcast"),
    "drop_duplicates": Method(read_duplicates, "subset keep inplace ignore_index"),
    "value_counts": Method(read_value_counts, "subset normalize sort ascending dropna"),
    "astype": Method(read_astype, "dtype copy errors"),
    "set_axis": Method(read_set_axis, "labels axis copy"),
    "nlargest": Method(read_largest, "n columns keep"),
    "nsmallest": Method(read_largest, "n columns keep"),
    "round": Method(read_round, "decimals"),
    "pipe": Method(read_pipe, "* **"),
    "apply": Method(read_apply, "func axis raw result_type args"),
    **{
        name: Method(each_column(name), "axis skipna numeric_only")
        for name in ("sum", "mean", "min", "max", "count")
    },
}
FRAME_ATTRIBUTES: dict[str, Callable[..., Value]] = {
    "[]": select,
    "loc": accessor("loc"),
    "iloc": accessor("iloc"),
    "shape": read_shape,
    "columns": read_columns,
}
