"""Methods of a series with its index: its rows chosen, sorted, counted and named."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from ..spec.expression import Agg, Col, IsMissing
from ..spec.workload import Output, SortKey
from . import alignment, operators
from .alignment import label_name, materialize
from .assignment import assign_column
from .calls import CodeCall, Method, make_accessor
from .columns import (
    COMPARISONS,
    OPERATORS,
    look_up_groups,
    make_word_reader,
    read_apply,
    read_astype,
    read_between,
    read_clip,
    read_fillna,
    read_map,
    read_missing,
    read_modes,
    read_operator,
    read_quantile,
    read_reduction,
    read_replace,
    read_round,
    read_spread,
    read_where,
)
from .frames import STABLE, count_values, fill
from .grouping import group_keys, note_empty
from .labels import take_labels
from .meaning import can_miss, negate
from .members import TIES, read_isin
from .operators import number
from .rows import (
    Aggregated,
    Sorted,
    aggregate,
    find_free_name,
    find_order,
    keep,
    keep_distinct,
    unsort,
)
from .rows import limit as limit_rows
from .rows import sort as sort_rows
from .selection import filter_rows, select, take_at_place
from .totals import REDUCTIONS
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
)
from .windows import WINDOW_METHODS


def read_groupby(call: CodeCall, column: Series) -> Grouped:
    """Read `column.groupby(other)`."""
    column = materialize(column)
    frame = Frame(column.rows, {}, complete=False, index=column.index, scope=column.scope)
    frame, keys = group_keys(
        call, frame, call.read_value("by") if call.has("by") else call.read_value("level")
    )
    note_empty(call, frame.rows, keys, "observed=True")
    return Grouped(
        frame,
        keys,
        ((column.name or "value", column.expr),),
        single=True,
        sort=bool(call.read_constant("sort", True)),
        dropna=bool(call.read_constant("dropna", True)),
        group_keys=bool(call.read_constant("group_keys", True)),
    )


def as_frame(node: ast.AST, column: Series, label: object = None) -> Frame:
    """Return a frame of a column and its index."""
    column = materialize(column)
    wanted = label if label is not None else column.name
    label = wanted if wanted is not None else 0
    frame = Frame(column.rows, {}, index=column.index, labels=column.labels)
    match column.expr:
        case Col(name):
            return replace(frame, columns={cast("Label", label): name})
    return assign_column(node, frame, cast("str", label), column)


def read_value_counts(call: CodeCall, column: Series) -> Value:
    """Read `value_counts`; in a group, of which the most frequent value is taken."""
    if column.scope:
        text = "of equally frequent values the workload takes the smallest, and pandas the first"
        call.reader.note(call.node, text)
        return Part("counts", column)
    frame = as_frame(call.node, column)
    label, name = next(iter(frame.columns.items()))
    if call.has("bins"):
        raise call.fail("value_counts with bins is not read; use pd.cut")
    rows = frame.rows
    if call.read_constant("dropna", True) and can_miss(Col(name), rows.schema):
        rows = keep(rows, negate(IsMissing(Col(name))))
    return count_values(call, rows, {label: name})


def read_highest_count(call: CodeCall, part: Part) -> Scalar:
    """Read `value_counts().max()` of a group."""
    frame = _drop_missing(as_frame(call.node, cast("Series", part.owner)))
    scope, name = cast("Series", part.owner).scope, next(iter(frame.columns.values()))
    count = find_free_name(frame.rows, "count")
    rows = aggregate(frame.rows, (*scope, name), (Output(count, Agg("size", ())),))
    return operators.reduce(Series(rows, Col(count), scope=scope), "max")


def read_unique(_call: CodeCall, column: Series) -> Series:
    """Read `unique` and `drop_duplicates`."""
    frame = as_frame(_call.node, column)
    name = next(iter(frame.columns.values()))
    names = tuple(dict.fromkeys((*column.scope, name)))
    rows = keep_distinct(frame.rows, names)
    return Series(rows, Col(name), column.name, scope=column.scope)


def read_largest(call: CodeCall, column: Series) -> Value:
    """Read `nlargest(n)` and `nsmallest(n)`."""
    frame = as_frame(call.node, column)
    name = next(iter(frame.columns.values()))
    by = (SortKey(name, call.name == "nlargest"),)
    rows = limit_rows(sort_rows(frame.rows, by), call.read_constant("n", 5))
    return Series(rows, Col(name), column.name, index=frame.index, scope=column.scope)


def _drop_missing(frame: Frame) -> Frame:
    name = next(iter(frame.columns.values()))
    if not can_miss(Col(name), frame.rows.schema):
        return frame
    return replace(frame, rows=keep(frame.rows, negate(IsMissing(Col(name)))))


def read_dropna(call: CodeCall, column: Series) -> Series:
    """Read `dropna`."""
    call.read_constant("axis")
    column = materialize(column)
    test = negate(IsMissing(column.expr))
    if not can_miss(column.expr, column.rows.schema):
        return column
    return replace(column, rows=keep(column.rows, test))


def read_sort_values(call: CodeCall, column: Series) -> Series:
    """Read `sort_values` of a series."""
    call.read_constant("axis")
    call.read_constant("ignore_index")
    frame = as_frame(call.node, column)
    name = next(iter(frame.columns.values()))
    order = SortKey(name, not call.read_constant("ascending", True))
    unstable = call.read_constant("kind") not in STABLE
    rows = sort_rows(frame.rows, (order,), unstable=unstable)
    return Series(rows, Col(name), column.name, index=frame.index, scope=column.scope)


def read_sort_index(call: CodeCall, column: Series) -> Series:
    """Read `sort_index` of a series."""
    ascending = bool(call.read_constant("ascending", True))
    if not column.index:
        return column
    column = materialize(column)
    keys = tuple(SortKey(name, not ascending) for name in column.index.values())
    return replace(column, rows=sort_rows(column.rows, keys))


def read_head(call: CodeCall, column: Series) -> Series:
    """Read `head(n)` of a series."""
    n = call.read_constant("n", 5)
    if not isinstance(n, int) or n < 0:
        raise call.fail("head of a negative number is not read")
    frame = as_frame(call.node, column)
    name = next(iter(frame.columns.values()))
    rows = limit_rows(frame.rows, n)
    return Series(rows, Col(name), column.name, index=frame.index, scope=column.scope)


def read_reset_index(call: CodeCall, column: Series) -> Value:
    """Read `reset_index(name=…)` of a series: a frame of its index and its values."""
    known = list(column.index)
    levels = [_find_level(known, one) for one in call.read_names("level")]
    gone = {*levels} or {*known, None}
    kept = {one: name for one, name in column.index.items() if one not in gone}
    if call.read_constant("drop", False):
        return replace(column, index=kept, placed=column.placed or not (levels or kept))
    frame = as_frame(call.node, column, call.read_constant("name"))
    moved = {one: name for one, name in frame.index.items() if one in gone}
    made = replace(frame, columns={**moved, **frame.columns}, index=kept)
    if None in gone and known and column.labels is not None:
        why = "has the labels of the rows, which are not read; drop it with level and drop=True"
        return made.without(f"level_{len(known)}", f"'level_{len(known)}' {why}")
    return made


def _find_level(known: list[Label], level: Label) -> Label | None:
    """Return a level of an index by its name or place; None for the labels of rows behind them."""
    if not isinstance(level, int):
        return level
    return known[level] if -len(known) <= level < len(known) else None


def read_drop_level(call: CodeCall, column: Series) -> Series:
    """Read `droplevel(level)`."""
    known = list(column.index)
    gone = {_find_level(known, one) for one in call.read_names("level")}
    index = {one: name for one, name in column.index.items() if one not in gone}
    return replace(column, index=index, labels=None if None in gone else column.labels)


def read_to_frame(call: CodeCall, column: Series) -> Frame:
    """Read `to_frame(name)`."""
    return as_frame(call.node, column, call.read_constant("name"))


def read_list(_call: CodeCall, column: Series) -> Series:
    """Read `tolist()`, which has the values and not the labels of their rows."""
    return replace(column, index={}, placed=True)


def read_rename(call: CodeCall, column: Series) -> Value:
    """Read `rename(name)`."""
    name = call.read_constant("index")
    if isinstance(name, dict):
        raise call.fail("rename of the index's labels is not read; map the column that has them")
    return replace(column, name=name)


def read_rename_axis(call: CodeCall, owner: Value) -> Value:
    """Read `rename_axis(name)`."""
    names = call.read_names("mapper")
    if not isinstance(owner, Frame | Series) or len(names) != len(owner.index):
        raise call.fail("rename_axis is read with a name for each level of the index")
    return replace(owner, index=dict(zip(names, owner.index.values(), strict=True)))


def read_agg(call: CodeCall, column: Series) -> Value:
    """Read `agg('mean')` of a series."""
    name = call.read_constant("func")
    if name in REDUCTIONS:
        return operators.reduce(column, REDUCTIONS[name])
    if name in {"std", "var"}:
        return operators.reduce(column, name)
    raise call.fail("agg of a series is read with the name of one aggregation")


def read_corr(call: CodeCall, column: Series) -> Scalar:
    """Read `corr(other)`."""
    if call.read_constant("method", "pearson") != "pearson":
        raise call.fail("corr is read with Pearson's method only")
    found = alignment.align(call.node, column, call.require("other"))
    return Scalar(found.rows, Agg("corr", found.exprs), column.scope)


def read_copy(call: CodeCall, column: Series) -> Series:
    """Read `copy` and conversions that keep the values."""
    call.read_constant("deep")
    return replace(column, copied=True)


def read_combine(call: CodeCall, column: Series) -> Value:
    """Read `combine_first(other)`."""
    return fill(call.node, column, call.require("other"))


def read_index(_node: ast.AST, owner: Value, index: Value) -> Value:
    """Read `column[mask]`."""
    column = materialize(cast("Series", owner))
    if isinstance(index, Series) and index.element:
        return look_up_groups(_node, index, column)
    if isinstance(index, Part) and index.kind == "places" and column.scope:
        return take_at_place(_node, column, index)
    if isinstance(index, Series):
        plain = Frame(column.rows, {}, index=column.index, labels=column.labels)
        frame = filter_rows(_node, plain, index)
        return replace(column, rows=frame.rows)
    if isinstance(index, Const) and isinstance(index.value, slice):
        stop = index.value.stop
        if index.value.start in {None, 0} and isinstance(stop, int) and stop >= 0:
            return replace(column, rows=limit_rows(column.rows, stop))
    if isinstance(index, Const) and isinstance(index.value, list) and not column.scope:
        return take_labels(_node, column, index.value)
    if isinstance(index, Const) and len(column.index) == 1 and not column.scope:
        name = next(iter(column.index.values()))
        test = operators.compare(_node, ast.Eq(), Series(column.rows, Col(name)), index)
        kept = keep(column.rows, cast("Series", test).expr)
        return replace(column, rows=kept, index={})
    raise UnreadError(_node, "an item of a series is read with a condition, or a key of groups")


def read_place(call: CodeCall, column: Series) -> Value:
    """Read `idxmax` and `idxmin`: the key of the largest value, or in a group its row."""
    call.read_constant("axis")
    groups, order = unsort(column.rows)
    if column.scope and isinstance(groups.origin, Aggregated) and len(column.index) == 1:
        (key,) = column.index.values()
        if order[:1] not in {(), (SortKey(key),), (SortKey(column.scope[0]),)}:
            call.reader.note(call.node, TIES)
        word = f"arg_{call.name.removeprefix('idx')}"
        return operators.reduce(column.with_expr(Col(key)), word, number(column.expr, column.rows))
    if column.scope or not (column.index or isinstance(groups.origin, Aggregated)):
        column = materialize(column)
        details = (column.rows, number(column.expr, column.rows), call.name == "idxmax")
        return Part("places", column, details)
    frame = _drop_missing(as_frame(call.node, column))
    if len(column.index) != 1:
        raise call.fail(f"{call.name} is read of groups of one key")
    (label, key), name = next(iter(column.index.items())), next(iter(frame.columns.values()))
    if find_order(column.rows)[:1] != (SortKey(key),):
        call.reader.note(call.node, TIES)
    by = (SortKey(name, call.name == "idxmax"), SortKey(key))
    return Series(limit_rows(sort_rows(frame.rows, by), 1), Col(key), label)


def read_index_item(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read `column.index[0]`, `.index[:n]`, and `.index[mask]` of a mask of the column's rows."""
    column = materialize(cast("Series", cast("Part", owner).owner))
    if isinstance(index, Series) and not index.element:
        column = materialize(cast("Series", read_index(node, column, index)))
        return take_index(node, Part("index", column))
    match index:
        case Const(slice(start=None | 0, stop=int() as stop, step=None)) if stop >= 0:
            return Part("index", replace(column, rows=limit_rows(column.rows, stop)))
    if not (isinstance(index, Const) and index.value == 0 and len(column.index) == 1):
        raise UnreadError(node, "an index is read as .index[0], of groups of one key")
    ((label, key),) = column.index.items()
    rows = column.rows
    known = {one.name for one in rows.origin.by} if isinstance(rows.origin, Sorted) else {key}
    if isinstance(rows.origin, Sorted) and not rows.where and key not in known:
        rows = sort_rows(rows, (*rows.origin.by, SortKey(key)))
    return Series(limit_rows(rows, 1), Col(key), label)


def take_index(node: ast.AST, owner: Value) -> Series:
    """Read `column.index.values`, of groups of one key."""
    column = materialize(cast("Series", cast("Part", owner).owner))
    if len(column.index) != 1:
        raise UnreadError(node, "the values of an index are read of groups of one key")
    ((label, key),) = column.index.items()
    return Series(column.rows, Col(key), label)


def read_index_values(call: CodeCall, part: Part) -> Series:
    """Read `column.index.tolist()`."""
    return take_index(call.node, part)


def read_nth(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read `column.iloc[0]` and `column.iloc[-1]` of groups, and `column.iloc[:n]`."""
    column = cast("Series", cast("Part", owner).owner)
    places = {0: "first", -1: "last"}
    if isinstance(index, Const) and isinstance(index.value, slice):
        return read_index(node, column, index)
    place = index.value if isinstance(index, Const) else None
    column = materialize(column)
    if not column.scope or place not in places or can_miss(column.expr, column.rows.schema):
        message = "iloc of a column is read as [0] and [-1] of groups without missing values"
        raise UnreadError(node, message)
    return operators.reduce(column, places[place])


def read_group_row(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read `group.iloc[0]["column"]`, of groups without missing values."""
    row = cast("Part", owner)
    return read_nth(node, Part("nth", select(node, row.owner, index)), row.details[0])


def read_size(_node: ast.AST, owner: Value) -> Scalar:
    """Read `column.size`."""
    column = cast("Series", owner)
    return Scalar(column.rows, Agg("size", ()), column.scope)


def read_values(node: ast.AST, owner: Value) -> Value:
    """Read `column.values`, whose aggregations would not skip missing values."""
    column = cast("Series", owner)
    if can_miss(column.expr, column.rows.schema):
        raise UnreadError(node, "NumPy does not skip missing values; use the column itself")
    return replace(column, index={}, placed=True)


def read_index_of(node: ast.AST, owner: Value) -> Part:
    """Read `column.index`, of which an item is taken."""
    if not cast("Series", owner).index or cast("Series", owner).scope:
        raise UnreadError(node, "the index of a series is not read; call reset_index")
    return Part("index", owner)


def name_of(_node: ast.AST, owner: Value) -> Value:
    """Read `column.name`."""
    return Const(label_name(cast("Series", owner).name, ""))


_AGG = "axis skipna numeric_only min_count"


COLUMN_METHODS = {
    **{name: Method(read_reduction(word), _AGG) for name, word in REDUCTIONS.items()},
    **{name: Method(read_operator, "other level fill_value axis") for name in OPERATORS},
    **{name: Method(read_operator, "other level fill_value axis") for name in COMPARISONS},
    "std": Method(read_spread, "axis skipna ddof numeric_only"),
    "var": Method(read_spread, "axis skipna ddof numeric_only"),
    "quantile": Method(read_quantile, "q interpolation"),
    "abs": Method(make_word_reader("abs")),
    "round": Method(read_round, "decimals"),
    "mode": Method(read_modes),
    "clip": Method(read_clip, "lower upper axis"),
    "fillna": Method(read_fillna, "value method axis inplace limit downcast"),
    **{name: Method(read_missing) for name in ("isna", "isnull", "notna", "notnull")},
    "isin": Method(read_isin, "values"),
    "between": Method(read_between, "left right inclusive"),
    "astype": Method(read_astype, "dtype copy errors"),
    "map": Method(read_map, "arg na_action"),
    "apply": Method(read_apply, "func convert_dtype args **"),
    "transform": Method(read_apply, "func"),
    "replace": Method(read_replace, "to_replace value inplace limit regex method"),
    "where": Method(read_where, "cond other inplace"),
    "mask": Method(read_where, "cond other inplace"),
    **WINDOW_METHODS,
    "groupby": Method(read_groupby, "by axis level as_index sort group_keys observed dropna"),
    "value_counts": Method(read_value_counts, "normalize sort ascending bins dropna"),
    "unique": Method(read_unique),
    "drop_duplicates": Method(read_unique, "keep"),
    "nlargest": Method(read_largest, "n keep"),
    "nsmallest": Method(read_largest, "n keep"),
    "dropna": Method(read_dropna, "axis inplace how"),
    "sort_values": Method(read_sort_values, "axis ascending inplace kind na_position ignore_index"),
    "sort_index": Method(read_sort_index, "axis level ascending inplace"),
    "head": Method(read_head, "n"),
    "droplevel": Method(read_drop_level, "level"),
    "reset_index": Method(read_reset_index, "level drop name inplace"),
    "to_frame": Method(read_to_frame, "name"),
    "rename": Method(read_rename, "index"),
    "rename_axis": Method(read_rename_axis, "mapper"),
    "agg": Method(read_agg, "func"),
    "aggregate": Method(read_agg, "func"),
    "corr": Method(read_corr, "other method min_periods"),
    "copy": Method(read_copy, "deep"),
    "combine_first": Method(read_combine, "other"),
    **{name: Method(read_place, "axis") for name in ("idxmax", "idxmin")},
    "to_dict": Method(read_copy),
    "tolist": Method(read_list),
    "to_list": Method(read_list),
}


COLUMN_ATTRIBUTES: dict[str, Callable[..., Value]] = {
    "[]": read_index,
    "str": make_accessor("texts"),
    "dt": make_accessor("times"),
    "cat": make_accessor("categories"),
    "loc": lambda _node, owner: owner,
    "at": lambda _node, owner: owner,
    "iloc": make_accessor("nth"),
    "size": read_size,
    "values": read_values,
    "name": name_of,
    "index": read_index_of,
}
