"""Methods of frames."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ..spec.expression import (
    Agg,
    Arith,
    Col,
    Compare,
    Expr,
    IsMissing,
    Lit,
    build_case,
    build_chain,
)
from ..spec.workload import Output, SortKey
from . import alignment, operators
from .alignment import materialize
from .assignment import (
    assign_column,
    drop_columns,
    read_assign,
    read_astype,
    read_drop,
    read_rename,
    read_set_axis,
)
from .called import call_on_row
from .calls import CodeCall, Method, make_accessor
from .categories import find_category
from .category_columns import keep_category
from .grouping import note_empty, read_groupby
from .meaning import can_miss, negate
from .operators import read_kind
from .rows import (
    Rows,
    add_windows,
    aggregate,
    find_free_name,
    keep,
    keep_distinct,
    sort_fully,
)
from .rows import limit as limit_rows
from .rows import sort as sort_rows
from .selection import name_column, require_column, select
from .totals import aggregate_columns, aggregate_each_column, apply_to_column, collect_totals
from .values import (
    CodeFunction,
    Const,
    Frame,
    Items,
    Label,
    Library,
    Part,
    Scalar,
    Series,
    UnreadError,
    Value,
    make_column,
    read_parameters,
    take_column,
)

if TYPE_CHECKING:
    from collections.abc import Callable


STABLE = {"stable", "mergesort"}  # kinds of sorts


# methods


def read_head(call: CodeCall, frame: Frame) -> Frame:
    """Read `head(n)`."""
    n = call.read_constant("n", 5)
    if not isinstance(n, int) or n < 0:
        raise call.fail("head of a negative number is not read")
    return replace(frame, rows=limit_rows(frame.rows, n), view=True)


def read_sort_values(call: CodeCall, frame: Frame) -> Frame:
    """Read `sort_values`."""
    names = call.read_names("by")
    ascending = call.read_constant("ascending", True)
    call.read_constant("ignore_index")
    if call.read_constant("na_position", "last") != "last":
        raise call.fail("a workload sorts missing values last; leave na_position out")
    orders = ascending if isinstance(ascending, list | tuple) else [ascending] * len(names)
    if len(orders) != len(names):
        raise call.fail("ascending has another length than by")
    keys = tuple(
        SortKey(require_column(call.node, frame, name), not order)
        for name, order in zip(names, orders, strict=True)
    )
    unstable = len(keys) == 1 and call.read_constant("kind") not in STABLE
    return replace(frame, rows=sort_rows(frame.rows, keys, unstable=unstable))


def read_sort_index(call: CodeCall, frame: Frame) -> Frame:
    """Read `sort_index` of an index that is a column."""
    ascending = bool(call.read_constant("ascending", True))
    if not frame.index:
        return frame
    keys = tuple(SortKey(name, not ascending) for name in frame.index.values())
    return replace(frame, rows=sort_rows(frame.rows, keys))


def read_reset_index(call: CodeCall, frame: Frame) -> Frame:
    """Read `reset_index`: the index becomes columns, or is dropped."""
    if call.read_constant("drop", False):
        return replace(frame, index={}).number_rows()
    if not frame.index:
        name = "level_0" if "index" in frame.columns else "index"
        why = "has the numbers of the rows, which are not read; write reset_index(drop=True)"
        return frame.without(name, f"{name!r} {why}")
    levels = call.read_names("level")
    moved = {one: name for one, name in frame.index.items() if not levels or one in levels}
    rest = {one: name for one, name in frame.index.items() if one not in moved}
    names = call.read_names("names")
    if names and len(names) == len(moved):
        moved = dict(zip(names, moved.values(), strict=True))
    made = replace(frame, columns={**moved, **frame.columns}, index=rest)
    return made if rest else made.number_rows()


def read_set_index(call: CodeCall, frame: Frame) -> Frame:
    """Read `set_index`."""
    labels = call.read_names("keys")
    index = {label: name_column(call.node, frame, label) for label in labels}
    if not call.read_constant("drop", True):
        return replace(frame, index=index)
    columns = {one: name for one, name in frame.columns.items() if one not in index}
    dropped = frame.dropped | {str(label) for label in labels}
    return replace(frame, columns=columns, index=index, dropped=dropped)


def count_values(
    call: CodeCall, rows: Rows, keys: dict[Label, str], within: tuple[str, ...] = ()
) -> Series:
    """Return the number of rows of each combination of keys, the largest first."""
    note_empty(call, rows, keys, ".astype(str)")
    names = tuple(keys.values())
    normalize = bool(call.read_constant("normalize", False))
    name = "count" if "count" not in names else "count_2"
    made = aggregate(rows, names, (Output(name, Agg("size", ())),))
    column = Series(made, Col(name), "count", index=keys)
    if normalize:
        share = Arith("/", column.expr, Agg("sum", (column.expr,)))
        column = materialize(replace(column, expr=share, keys=within, name="proportion"))
    if not call.read_constant("sort", True) and not within:
        return column
    fresh = cast("Col", column.expr).name
    order = SortKey(fresh, not call.read_constant("ascending", False))
    by = (*(SortKey(one) for one in within), order)
    return replace(column, rows=sort_rows(column.rows, by))


def read_value_counts(call: CodeCall, frame: Frame) -> Value:
    """Read `value_counts` of several columns."""
    labels = call.read_names("subset") or list(frame.columns)
    keys = {label: require_column(call.node, frame, label) for label in labels}
    rows = frame.rows
    for name in keys.values() if call.read_constant("dropna", True) else ():
        if can_miss(Col(name), rows.schema):
            rows = keep(rows, negate(IsMissing(Col(name))))
    return count_values(call, rows, keys)


def read_duplicates(call: CodeCall, frame: Frame) -> Frame:
    """Read `drop_duplicates`."""
    labels = call.read_names("subset")
    call.read_constant("ignore_index")
    which = call.read_constant("keep", "first")
    every = frame.whole and (not labels or {*labels} == {*frame.columns})
    if every and not frame.index and which in {"first", "last"}:
        names = dict.fromkeys((*frame.scope, *frame.columns.values()))
        return replace(frame, rows=keep_distinct(frame.rows, tuple(names)))
    if not labels or which not in {"first", "last"}:
        raise call.fail("drop_duplicates is read with subset, and keep='first' or 'last'")
    keys = (*frame.scope, *(require_column(call.node, frame, label) for label in labels))
    frame = replace(frame, rows=sort_fully(frame.rows))
    return keep_first_rows(frame, keys, 1) if which == "first" else keep_last_rows(frame, keys, 1)


def keep_first_rows(frame: Frame, keys: tuple[str, ...], n: int) -> Frame:
    """Return the first n rows of each group, in the rows' order."""
    name = find_free_name(frame.rows, "row")
    rows = add_windows(frame.rows, keys, (Output(name, Agg("cumsum", (Lit(1),))),))
    return replace(frame, rows=keep(rows, Compare("<=", Col(name), Lit(n))))


def keep_last_rows(frame: Frame, keys: tuple[str, ...], n: int) -> Frame:
    """Return the last n rows of each group, in the rows' order."""
    name = find_free_name(frame.rows, "after")
    after = Arith("-", Agg("size", ()), Agg("row_number", ()))
    rows = add_windows(frame.rows, keys, (Output(name, after),))
    return replace(frame, rows=keep(rows, Compare("<", Col(name), Lit(n))))


def read_copy(call: CodeCall, frame: Frame) -> Frame:
    """Read `copy`: another object with the same values."""
    call.read_constant("deep")
    return replace(frame, view=False)


def read_dropna(call: CodeCall, frame: Frame) -> Frame:
    """Read `dropna`: rows in which any of some columns is missing are dropped."""
    if call.read_constant("axis", 0) not in {0, "index"} or call.has("thresh"):
        raise call.fail("dropna is read for rows, with subset and how")
    labels = call.read_names("subset")
    how = call.read_constant("how", "any")
    if not labels:
        unknown = "dropna of all columns needs to know them: give subset, or --data"
        frame.require_whole(call.node, unknown)
        labels = list(frame.columns)
    names = [require_column(call.node, frame, label) for label in labels]
    tests = [IsMissing(Col(name)) for name in names if can_miss(Col(name), frame.rows.schema)]
    call.read_constant("ignore_index")
    if how == "all":
        if len(tests) < len(names):
            return frame
        return replace(frame, rows=keep(frame.rows, negate(build_chain("and", *tests))))
    rows = frame.rows
    for test in tests:
        rows = keep(rows, negate(test))
    return replace(frame, rows=rows)


def read_fillna(call: CodeCall, frame: Frame) -> Frame:
    """Read `fillna` of whole columns with constants."""
    found = call.read_constant("value")
    if found is None:
        raise call.fail("fillna is read with a constant for each column")
    if not isinstance(found, dict):
        if not frame.complete:
            raise call.fail("fillna of all columns needs to know them: give --data")
        found = dict.fromkeys(frame.columns, found)
    for label, value in found.items():
        if frame.find(label) in frame.unread:
            continue
        column = cast("Series", select(call.node, frame, Const(label)))
        if can_miss(column.expr, frame.rows.schema):
            frame = _fill_column(call, frame, column, value)
    return frame


def _fill_column(call: CodeCall, frame: Frame, column: Series, value: object) -> Frame:
    """Return a frame with a column filled; what mixes texts and numbers is not read."""
    label = cast("Label", column.name)
    try:
        filled = fill(call.node, column, Const(value))
        return assign_column(call.node, frame, label, filled)
    except UnreadError as why:
        return frame.without(label, str(why))


def fill(node: ast.AST, column: Series, value: Value) -> Series:
    """Return a column with another value where it is missing."""
    test = column.with_expr(IsMissing(column.expr))
    return cast("Series", keep_category(operators.choose(node, test, value, column), column))


def read_largest(call: CodeCall, frame: Frame) -> Frame:
    """Read `nlargest` and `nsmallest`."""
    n, names = call.read_constant("n"), call.read_names("columns")
    if call.read_constant("keep", "first") == "all":
        raise call.fail(f"{call.name} with keep='all' is not read")
    keys = tuple(
        SortKey(require_column(call.node, frame, name), call.name == "nlargest") for name in names
    )
    return replace(frame, rows=limit_rows(sort_rows(frame.rows, keys), n))


def read_pipe(call: CodeCall, owner: Value) -> Value:
    """Read `pipe(function, …)`."""
    values = call.read_value("*")
    parts = list(values.values) if isinstance(values, Items) else []
    if not parts or not isinstance(parts[0], CodeFunction):
        raise call.fail("pipe is read with a function of this code")
    names = read_parameters(parts[0])
    given = dict(zip(names, [owner, *parts[1:]], strict=False))
    return call.reader.enter(call.node, parts[0], {**given, **call.take_extra()})


def read_apply(call: CodeCall, frame: Frame) -> Value:
    """Read `apply(function, axis=1)`: a function of each row."""
    function = call.require("func")
    if call.read_constant("axis", 0) in {1, "columns"} and isinstance(function, Library):
        return reduce_row_by(call, frame, function)
    if call.read_constant("axis", 0) not in {1, "columns"}:
        return apply_to_columns(call, frame, function)
    call.read_constant("result_type")
    call.read_constant("raw")
    if not isinstance(function, CodeFunction):
        raise call.fail("apply with axis=1 is read with a lambda or a def of this code")
    try:
        made = call.enter(function, Part("row", frame))
    except UnreadError as why:
        return call_on_row(call, frame, function, why)
    match made:
        case Series():
            return replace(made, name=None, element=False, index=frame.index, labels=frame.labels)
        case Const():
            return make_column(frame, alignment.make_literal(made.value, call.node))
    raise call.fail("a function of a row is read if it returns one value")


def apply_to_columns(call: CodeCall, frame: Frame, function: Value) -> Value:
    """Return what a function makes of each column: a column, or a number."""
    frame.require_whole(call.node, "apply over columns needs to know them: give --data")
    made = [
        (label, apply_to_column(call, function, take_column(frame, label, name)))
        for label, name in frame.columns.items()
    ]
    if not all(isinstance(value, Series) for _, value in made):
        return collect_totals(call, made)
    for label, value in made:
        frame = assign_column(call.node, frame, label, value)
    return frame


def read_map(call: CodeCall, frame: Frame) -> Frame:
    """Read `applymap(function)`, and `map`: what a function makes of each value."""
    frame.require_whole(call.node, f"{call.name} needs to know the columns: give --data")
    call.read_constant("na_action")
    for label, name in frame.columns.items():
        made = call.reader.apply_function(
            call, take_column(frame, label, name), call.require("func")
        )
        frame = assign_column(call.node, frame, label, made)
    return frame


def read_insert(call: CodeCall, frame: Frame) -> Frame:
    """Read `insert(place, name, column)`, which changes the frame."""
    place, label = call.read_constant("loc"), call.read_constant("column")
    call.read_constant("allow_duplicates")
    if not isinstance(place, int) or not 0 <= place <= len(frame.columns):
        raise call.fail("insert is read with the number of a place")
    made = assign_column(call.node, frame, label, call.require("value"))
    others = [one for one in made.columns.items() if one[0] != label]
    others.insert(place, (label, made.columns[label]))
    return replace(made, columns=dict(others))


def read_pop(call: CodeCall, frame: Frame) -> Value:
    """Read `pop(name)`: a column, which the frame has no longer."""
    label = call.read_constant("item")
    found = select(call.node, frame, Const(label))
    owner = cast("ast.Attribute", call.node.func).value
    call.reader.replace(owner, frame, drop_columns(call.node, frame, [label]))
    return found


def read_missing(call: CodeCall, frame: Frame) -> Frame:
    """Read `isna` and `notna` of each column."""
    frame.require_whole(call.node, f"{call.name} of all columns needs to know them: give --data")
    for label, name in frame.columns.items():
        test: Expr = IsMissing(Col(name))
        test = negate(test) if call.name.startswith("not") else test
        frame = assign_column(call.node, frame, label, make_column(frame, test))
    return frame


KINDS: dict[str, set[str]] = {
    **{key: {"int", "float", "decimal"} for key in ("number", "numeric")},
    **{key: {"int"} for key in ("int", "int64", "integer")},
    **{key: {"float"} for key in ("float", "float64")},
    **{key: {"string"} for key in ("object", "O", "str")},
    **{key: {"date", "timestamp"} for key in ("datetime", "datetime64", "datetime64[ns]")},
    "bool": {"bool"},
    "category": {"category"},
}


def read_select_dtypes(call: CodeCall, frame: Frame) -> Frame:
    """Read `select_dtypes(include, exclude)` of columns that are known."""
    unknown = "select_dtypes needs to know the columns: give --data"
    frame.require_whole(call.node, unknown)
    if frame.rows.schema is None:
        raise call.fail(unknown)
    wanted, away = (_list_kinds(call, name) for name in ("include", "exclude"))
    chosen = {}
    for label, name in frame.columns.items():
        kind: str | None = read_kind(Col(name), frame.rows)
        if find_category(Col(name)):
            kind = "category"
        if kind == "int" and can_miss(Col(name), frame.rows.schema):
            kind = "float"
        if (not wanted or kind in wanted) and kind not in away:
            chosen[label] = name
    return replace(frame, columns=chosen)


def _list_kinds(call: CodeCall, argument: str) -> set[str]:
    value = call.read_value(argument)
    given: list[Value] = list(value.values) if isinstance(value, Items) else [value]
    if isinstance(value, Const):
        given = [Const(one) for one in call.read_names(argument)]
    names = [
        one.name.rpartition(".")[2] if isinstance(one, Library) else getattr(one, "value", "")
        for one in given
    ]
    unknown = [name for name in names if name not in KINDS]
    if unknown:
        raise call.fail(f"select_dtypes of {unknown[0]!r} is not read")
    return set[str]().union(*(KINDS[name] for name in names))


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


def read_index(node: ast.AST, owner: Value) -> Part:
    """Read `df.index`: the labels of the rows, or the times that they are."""
    frame = cast("Frame", owner)
    if len(frame.index) > 1:
        raise UnreadError(node, "an index of several levels is not read; call reset_index")
    if not frame.index:
        return Part("rows", frame)
    label = next(iter(frame.index))
    return Part("keys", take_column(frame, label, require_column(node, frame, label)))


def read_round(call: CodeCall, frame: Frame) -> Frame:
    """Read `round(decimals)` of all numbers of a frame."""
    frame.require_whole(call.node, "round of all columns needs to know them: give --data")
    places = call.read_constant("decimals", 0)
    for label, name in frame.columns.items():
        rounded = {"float", "decimal", None, *(("int",) if places < 0 else ())}
        if read_kind(Col(name), frame.rows) in rounded:
            settings = (alignment.make_literal(places, call.node),) if places else ()
            made = operators.call_word(call.node, "round", Col(name), *settings)
            frame = assign_column(call.node, frame, label, make_column(frame, made))
    return frame


def read_each_column(reduction: str) -> Callable[[CodeCall, Frame], Value]:
    """Return what reads an aggregation of each column of a frame, or with axis=1 of each row."""

    def read(call: CodeCall, frame: Frame) -> Value:
        if call.read_constant("axis", 0) in {1, "columns"}:
            return reduce_row(call, frame, call.name)
        if not call.read_constant("skipna", True):
            raise call.fail("aggregations of a workload skip missing values; leave skipna out")
        if len(frame.columns) == 1 and frame.whole:
            column = take_column(frame, *next(iter(frame.columns.items())))
            call.read_constant("numeric_only")
            return operators.reduce(column, reduction)
        return aggregate_each_column(call, frame, call.name)

    return read


# NumPy's names of what `reduce_row` knows, where they are not the same.
NUMPY = {
    **{f"nan{name}": name for name in ("sum", "mean", "min", "max")},
    **{f"a{name}": name for name in ("min", "max")},
}


def reduce_row(call: CodeCall, frame: Frame, name: str) -> Series:
    """Return the sum, mean, least or largest of the values of each row, the missing left out."""
    call.read_constant("numeric_only")
    if not frame.whole or not call.read_constant("skipna", True) or not frame.columns:
        raise call.fail(f"{name} of rows is read of columns that are named")
    rows = frame.rows
    values = [operators.number(Col(column), rows) for column in frame.columns.values()]
    missing = [one for one in values if can_miss(one, rows.schema)]
    if name in {"min", "max"}:
        if missing:
            raise call.fail(f"{name} of rows with missing values is not read; fill them")
        return make_column(frame, operators.call_word(call.node, name, *values))
    if name not in {"sum", "mean"}:
        raise call.fail(f"{name} of rows is not read")
    ones = [
        build_case(((IsMissing(x), Lit(0)),), Lit(1)) if x in missing else Lit(1) for x in values
    ]
    filled = [build_case(((IsMissing(x), Lit(0)),), x) if x in missing else x for x in values]
    total, n = _add(filled), _add(ones) if missing else Lit(len(values))
    if name == "sum":
        return make_column(frame, total)
    made: Expr = Arith("/", total, n)
    if len(missing) == len(values):
        made = build_case(((Compare("==", n, Lit(0)), Lit(None)),), made)
    return make_column(frame, made)


def reduce_row_by(call: CodeCall, frame: Frame, function: Library) -> Series:
    """Return `apply(np.sum, axis=1)`; Python's own functions do not skip missing values."""
    schema = frame.rows.schema
    library, _, name = function.name.rpartition(".")
    own = library == "builtins"
    if own and any(can_miss(Col(name), schema) for name in frame.columns.values()):
        raise call.fail("Python's functions do not skip missing values; use those of NumPy")
    return reduce_row(call, frame, NUMPY.get(name, name))


def read_row(call: CodeCall, part: Part) -> Series:
    """Read `row.mean()` and the like."""
    return replace(reduce_row(call, cast("Frame", part.owner), call.name), element=True)


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
    "insert": Method(read_insert, "loc column value allow_duplicates"),
    "pop": Method(read_pop, "item"),
    "apply": Method(read_apply, "func axis raw result_type args **"),
    "applymap": Method(read_map, "func na_action"),
    "map": Method(read_map, "func na_action"),
    "agg": Method(aggregate_columns, "func axis"),
    "aggregate": Method(aggregate_columns, "func axis"),
    "select_dtypes": Method(read_select_dtypes, "include exclude"),
    **{name: Method(read_missing) for name in ("isna", "isnull", "notna", "notnull")},
    **{
        name: Method(read_each_column(name), "axis skipna numeric_only")
        for name in ("sum", "mean", "min", "max", "count", "median", "nunique", "std", "var")
    },
}
FRAME_ATTRIBUTES: dict[str, Callable[..., Value]] = {
    "[]": select,
    "loc": make_accessor("loc"),
    "iloc": make_accessor("iloc"),
    "shape": read_shape,
    "columns": read_columns,
    "index": read_index,
}
