"""Methods of groups: aggregations, values of each row's group, and functions of groups."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from ..spec.expression import Agg, Col, Expr, IsMissing, Lit, Not, build_case
from ..spec.workload import SortKey
from . import operators
from .aggregation import (
    REDUCING,
    aggregate_by,
    as_aggregation,
    choose_output_name,
    count_groups,
    group_rows,
    list_columns,
    make_groups,
    place_aggregation,
    read_agg,
    read_agg_named,
    read_describe,
    read_reduction,
    read_size,
)
from .alignment import materialize
from .assignment import assign_column
from .calls import CodeCall, Method
from .columns import read_fillna
from .frames import count_values, keep_first_rows, keep_last_rows
from .meaning import can_miss
from .operators import number
from .orders import UNSTABLE
from .places import keep_nth_rows
from .quantiles import read_quantile
from .rows import (
    Aggregated,
    Limited,
    Rows,
    Sorted,
    find_order,
    is_laid_out_as,
    keep,
    limit,
    select_largest,
    sort_fully,
)
from .rows import sort as sort_rows
from .selection import filter_rows, rank_rows, require_column, select_columns, write_place
from .values import (
    CodeFunction,
    Const,
    Frame,
    Grouped,
    Label,
    Library,
    Mapping,
    Part,
    Scalar,
    Series,
    UnreadError,
    Value,
    take_column,
)
from .windows import (
    EXPANDING_METHODS,
    ROLLED,
    read_change,
    read_cumulation,
    read_diff,
    read_expanded,
    read_expanding,
    read_fill,
    read_rank,
    read_rolled,
    read_rolling,
    read_shift,
)


def select_groups(node: ast.AST, owner: Value, index: Value) -> Grouped:
    """Return groups of one column, or of some."""
    grouped = cast("Grouped", owner)
    match index:
        case Const(list() | tuple() as labels):
            single = False
        case Const(label):
            labels, single = [label], True
        case _:
            raise UnreadError(node, "name the columns of the groups")
    chosen: list[tuple[Label, Expr]] = [
        (label, Col(require_column(node, grouped.frame, label))) for label in labels
    ]
    return replace(grouped, selected=tuple(chosen), single=single)


def describe_pandas_1(grouped: Grouped, index: Value) -> str:
    """Return what pandas 2 has against columns of groups that are no list; empty if nothing."""
    match index:
        case Const((_, _, *_) as labels) if isinstance(labels, tuple):
            if labels not in grouped.frame.columns:
                mend = f"write [{list(labels)!r}]"
                return f"pandas 2 raises here, for this is of pandas 1: {mend}"
    return ""


def _apply_to_values(call: CodeCall, grouped: Grouped, function: CodeFunction) -> Value:
    """Return what a function makes of a column's values in each group: a number, or a column."""
    ((label, expr),) = grouped.selected or ()
    column = _repeat_per_row(grouped, label, expr)
    made = call.enter(function, column)
    if not isinstance(made, Series):
        return aggregate_by(call, grouped, function)
    return _sort_by_group(grouped, materialize(_guard(grouped, made)), indexed=grouped.group_keys)


def _sort_by_group(grouped: Grouped, made: Series, *, indexed: bool) -> Series:
    """Return a column of the rows whose keys are not missing; with an index sorted by groups."""
    frame = grouped.frame
    rows = group_rows(replace(grouped, frame=replace(frame, rows=made.rows)))
    if not indexed:
        return replace(made, rows=rows, index=frame.index, scope=frame.scope, labels=frame.labels)
    by = tuple(map(SortKey, dict.fromkeys(grouped.keys.values())))
    index = {**grouped.keys, **frame.index}
    rows = sort_rows(rows, by)
    return replace(made, rows=rows, index=index, scope=frame.scope, labels=frame.labels)


# methods


# Functions that apply calls, where agg calls pandas' own: these do not skip missing values, or
# are those of a population.
OTHERWISE = {
    *("numpy.std", "numpy.var", "numpy.median", "numpy.percentile", "numpy.quantile"),
    *("builtins.max", "builtins.min"),
}


def _check_applied(call: CodeCall, grouped: Grouped, function: Value) -> None:
    """Refuse what `apply` answers otherwise than `agg`, which calls pandas' own functions."""
    if not isinstance(function, Library):
        return
    if not grouped.single and function.name not in {"numpy.sum", "builtins.sum"}:
        raise call.fail("apply gives this function a whole frame: write agg, or name a column")
    if function.name in OTHERWISE:
        name = function.name.rpartition(".")[2]
        raise call.fail(f"apply calls another {name} than pandas' own: write agg, or a lambda")


def read_apply(call: CodeCall, grouped: Grouped) -> Value:
    """Read `apply(function)` where the function is an aggregation of its group."""
    function = call.require("func")
    call.read_constant("include_groups")
    if isinstance(function, Library) and function.name == "builtins.len":
        return read_size(call, grouped)
    if not isinstance(function, CodeFunction):
        if call.extra or call.has("args"):
            raise call.fail("apply with more arguments is read with a function of this code")
        _check_applied(call, grouped, function)
        return read_agg(call, grouped)
    if grouped.single:
        return _apply_to_values(call, grouped, function)
    made = _enter_group(call, grouped, function)
    match made:
        case Scalar():
            return make_groups(call.node, grouped, [("value", made)], series=True)
        case Mapping(pairs) | Part("totals", Mapping(pairs)):
            outputs = [(label, _require_scalar(call, value)) for label, value in pairs]
            return make_groups(call.node, grouped, outputs, series=False)
        case Part("group row", Frame() as frame, (Const(0),)):
            first = replace(frame, rows=limit(frame.rows, 1))
            return replace(_keep_rows_of_groups(call, grouped, first), index=dict(grouped.keys))
        case Frame():
            return _keep_rows_of_groups(call, grouped, made)
    raise call.fail("apply is read if its function returns numbers or rows of the group")


def _is_by_keys(order: tuple[SortKey, ...], keys: tuple[str, ...]) -> bool:
    """Return whether rows are sorted by the keys of their groups alone."""
    return order == tuple(map(SortKey, keys))


def _keep_rows_of_groups(call: CodeCall, grouped: Grouped, made: Frame) -> Frame:
    """Return the rows that a function keeps of each group, the groups sorted by their keys."""
    keys = tuple(dict.fromkeys(grouped.keys.values()))
    by: tuple[SortKey, ...] = ()
    rows = made.rows
    match rows:
        case Rows(Limited(Rows(Sorted(below, (key,)) as order, where=()), n), where=()):
            if order.unstable:
                call.reader.note(call.node, UNSTABLE)
            place = write_place(below, Col(key.name), descending=key.descending)
            rows = rank_rows(below, keys, place, n)
            by = (key,)
        case Rows(Limited(below, n), where=()) if not isinstance(below.origin, Sorted):
            rows = keep_first_rows(replace(made, rows=below), keys, n).rows
        case Rows(Sorted(by=order)) if _is_by_keys(order, keys):
            pass
        case Rows(Limited() | Sorted() | Aggregated()):
            raise call.fail("apply is read if its function keeps rows by conditions, or nlargest")
    index = dict(grouped.keys) if grouped.group_keys else {}
    # without keys, rows that a function keeps all of stay in their order
    sorts = grouped.sort and (grouped.group_keys or not is_laid_out_as(rows, group_rows(grouped)))
    rows = sort_rows(rows, (*map(SortKey, keys), *by)) if sorts else rows
    return replace(made, rows=rows, index=index, scope=grouped.frame.scope)


def _require_scalar(call: CodeCall, value: Value) -> Scalar:
    if isinstance(value, Scalar):
        return value
    raise call.fail("apply is read if its function returns numbers of the group")


def _enter_group(call: CodeCall, grouped: Grouped, function: CodeFunction) -> Value:
    scope = tuple(grouped.keys.values())
    frame = replace(grouped.frame, rows=group_rows(grouped), scope=scope)
    if grouped.selected is not None:
        frame = select_columns(call.node, frame, [label for label, _ in grouped.selected])
    return call.enter(function, frame)


def _repeat_per_row(grouped: Grouped, label: Label, expr: Expr) -> Series:
    """Return a column whose functions range over the groups, of all rows."""
    keys = tuple(dict.fromkeys(grouped.keys.values()))
    return Series(grouped.frame.rows, expr, label, scope=keys)


def _guard(grouped: Grouped, column: Series) -> Series:
    """Return a group's values, missing in rows whose key is missing, as pandas has them."""
    rows = grouped.frame.rows
    names = grouped.keys.values() if grouped.dropna else ()
    tests = [IsMissing(Col(name)) for name in names if can_miss(Col(name), rows.schema)]
    if not tests:
        return column
    return column.with_expr(build_case(tuple((test, Lit(None)) for test in tests), column.expr))


def _label_rows(grouped: Grouped, column: Series) -> Series:
    """Return a value for each row of the groups, with the index and the labels of the rows."""
    frame = grouped.frame
    guarded = _guard(grouped, column)
    return replace(guarded, index=frame.index, labels=frame.labels, scope=frame.scope)


def read_each_row(
    read_one: Callable[[CodeCall, Series], Value],
) -> Callable[[CodeCall, Grouped], Value]:
    """Return what reads a method that has a value for each row of the groups."""

    def read(call: CodeCall, grouped: Grouped) -> Value:
        made: dict[Label, Series] = {}
        for label, expr in list_columns(call.node, grouped):
            found = read_one(call, _repeat_per_row(grouped, label, expr))
            if not isinstance(found, Series):
                raise call.fail(f"{call.name} is read if it has a value for each row")
            made[label] = replace(_label_rows(grouped, found), name=label)
        if grouped.single:
            return next(iter(made.values()))
        frame = replace(grouped.frame, columns={}, complete=True)
        for label, column in made.items():
            frame = assign_column(call.node, frame, label, column)
        return frame

    return read


def _transform_one(call: CodeCall, column: Series) -> Value:
    """Return an aggregation in each row, or what a function makes of the group's values."""
    function = call.read_value("func")
    grouped = Grouped(Frame(column.rows, {}), {key: key for key in column.scope}, dropna=False)
    match function:
        case CodeFunction():
            made = call.enter(function, column)
            if isinstance(made, Series):
                if find_order(made.rows) != find_order(column.rows):
                    raise call.fail("pandas gives sorted values of a group the places of its rows")
                return made
            scalar = _require_scalar(call, made)
        case Const(str() as name) if name in WINDOWS:
            return WINDOWS[name](call, column)
        case _:
            found = as_aggregation(call, function, column.expr, grouped)
            scalar = found if isinstance(found, Scalar) else Scalar(column.rows, found)
    rows, expr = place_aggregation(call.node, column.rows, scalar)
    return replace(column, rows=rows, expr=expr, keys=column.scope)


WINDOWS: dict[str, Callable[[CodeCall, Series], Value]] = {
    "shift": read_shift,
    "diff": read_diff,
    "pct_change": read_change,
    **dict.fromkeys(("cumsum", "cummin", "cummax"), read_cumulation),
    **dict.fromkeys(("ffill", "bfill"), read_fill),
    "rank": read_rank,
}


def read_group_rolling(call: CodeCall, grouped: Grouped) -> Part:
    """Read `groups.rolling(n)`, of one column."""
    if not grouped.single:
        raise call.fail("rolling of groups is read for one column: groups['column'].rolling(n)")
    return replace(read_rolling(call, grouped), kind="rolled")


def read_rolled_groups(call: CodeCall, part: Part) -> Series:
    """Read an aggregation of `groups.rolling(n)`: the rows of the groups, sorted by their keys."""
    grouped = cast("Grouped", part.owner)
    ((label, expr),) = grouped.selected or ()
    rolling = Part("rolling", _repeat_per_row(grouped, label, expr), part.details)
    made = materialize(_guard(grouped, cast("Series", read_rolled(call, rolling))))
    return _sort_by_group(grouped, made, indexed=True)


def read_group_expanding(call: CodeCall, grouped: Grouped) -> Part:
    """Read `groups.expanding()`, of one column."""
    if not grouped.single:
        raise call.fail("expanding of groups is read for one column: groups['column'].expanding()")
    return replace(read_expanding(call, grouped), kind="expanded")


def read_expanded_groups(call: CodeCall, part: Part) -> Series:
    """Read an aggregation of `groups.expanding()`: the rows of the groups, sorted by their keys."""
    grouped = cast("Grouped", part.owner)
    ((label, expr),) = grouped.selected or ()
    found = read_expanded(call, Part("expanding", _repeat_per_row(grouped, label, expr)))
    return _sort_by_group(grouped, materialize(_guard(grouped, found)), indexed=True)


def read_cumcount(call: CodeCall, grouped: Grouped) -> Series:
    """Read `cumcount`: the number of the group's rows before each row."""
    if not call.read_constant("ascending", True):
        raise call.fail("cumcount is read in ascending order")
    column = _repeat_per_row(grouped, "cumcount", Lit(1))
    made = replace(column, expr=Agg("cumcount", ()), keys=column.scope, name=None)
    return _label_rows(grouped, made)


def read_head(call: CodeCall, grouped: Grouped) -> Frame:
    """Read `head(n)`: the first rows of each group."""
    keys = tuple(dict.fromkeys(grouped.keys.values()))
    frame = replace(grouped.frame, rows=sort_fully(group_rows(grouped)))
    if grouped.selected is not None:
        labels = [label for label, _ in grouped.selected]
        frame = select_columns(call.node, frame, labels)
    n = call.read_constant("n", 5)
    if call.name == "nth" and isinstance(n, int):
        return keep_nth_rows(frame, keys, n)
    if not isinstance(n, int) or n < 0:
        raise call.fail(f"{call.name} of a negative number is not read")
    return (
        keep_last_rows(frame, keys, n) if call.name == "tail" else keep_first_rows(frame, keys, n)
    )


def read_places(call: CodeCall, grouped: Grouped) -> Part:
    """Read `idxmax` and `idxmin` of groups, with which `loc` takes rows."""
    if not grouped.single or grouped.selected is None:
        raise call.fail(f"{call.name} of groups is read for one column")
    call.read_constant("skipna")
    ((_, expr),) = grouped.selected
    rows = grouped.frame.rows
    return Part("places", grouped, (rows, number(expr, rows), call.name == "idxmax"))


def read_group(call: CodeCall, grouped: Grouped) -> Frame:
    """Read `get_group(value)`."""
    value = call.require("name")
    found = value.value if isinstance(value, Const) else None
    values = found if isinstance(found, tuple) else (found,)
    if found is None or len(grouped.keys) != len(values):
        raise call.fail("get_group is read with a constant for each key")
    frame = grouped.frame
    for (label, name), wanted in zip(grouped.keys.items(), values, strict=True):
        column = take_column(frame, label, name)
        mask = operators.compare(call.node, ast.Eq(), column, Const(wanted))
        frame = filter_rows(call.node, frame, cast("Series", mask))
    return frame


def read_filter(call: CodeCall, grouped: Grouped) -> Frame:
    """Read `filter(lambda g: …)`: the rows of the groups for which a condition holds."""
    function = call.require("func")
    if not isinstance(function, CodeFunction):
        raise call.fail("filter of groups is read with a lambda or a def")
    if grouped.single and grouped.selected is not None:
        label, expr = grouped.selected[0]
        column = replace(_repeat_per_row(grouped, label, expr), rows=group_rows(grouped))
        made = call.enter(function, column)
    else:
        made = _enter_group(call, grouped, function)
    if not isinstance(made, Scalar):
        raise call.fail("the function of filter needs to return one condition of the group")
    rows, expr = place_aggregation(call.node, group_rows(grouped), made)
    keys = tuple(dict.fromkeys(grouped.keys.values()))
    test = operators.read_truth(call.node, expr, rows)
    kept = materialize(Series(rows, test, "kept", keys=keys))
    return replace(grouped.frame, rows=keep(kept.rows, kept.expr))


def read_value_counts(call: CodeCall, grouped: Grouped) -> Value:
    """Read `value_counts` of groups."""
    if not grouped.single or grouped.selected is None:
        raise call.fail("value_counts of groups is read for one column")
    label, expr = grouped.selected[0]
    if not isinstance(expr, Col):
        raise call.fail("assign this column to the frame first")
    rows = group_rows(grouped)
    if call.read_constant("dropna", True) and can_miss(expr, rows.schema):
        rows = keep(rows, Not(IsMissing(expr)))
    within = tuple(dict.fromkeys(grouped.keys.values()))
    return count_values(call, rows, {**grouped.keys, label: expr.name}, within)


def read_largest(call: CodeCall, grouped: Grouped) -> Value:
    """Read `nlargest(n)` and `nsmallest(n)` of groups."""
    if not grouped.single or grouped.selected is None:
        raise call.fail(f"{call.name} of groups is read for one column")
    label, expr = grouped.selected[0]
    if not isinstance(expr, Col):
        raise call.fail("assign this column to the frame first")
    keys = tuple(dict.fromkeys(grouped.keys.values()))
    smallest = call.name == "nsmallest"
    n = call.read_constant("n", 5)
    if grouped.frame.index or can_miss(expr, grouped.frame.rows.schema):
        return _rank_with_index(grouped, label, expr, n, smallest=smallest)
    name = choose_output_name(label, {*keys})
    rows = select_largest(group_rows(grouped), keys, expr.name, n, name, smallest=smallest)
    by = (*map(SortKey, keys), SortKey(name, not smallest))
    labels = grouped.frame.labels
    return Series(sort_rows(rows, by), Col(name), label, index=grouped.keys, labels=labels)


def _rank_with_index(
    grouped: Grouped, label: Label, expr: Col, n: int, *, smallest: bool
) -> Series:
    """Return the largest values of each group, with the index of their rows."""
    rows, keys = group_rows(grouped), tuple(dict.fromkeys(grouped.keys.values()))
    place = write_place(rows, number(expr, rows), descending=not smallest)
    rows = rank_rows(rows, keys, place, n)
    by = (*map(SortKey, keys), SortKey(expr.name, not smallest))
    own = grouped.keys if grouped.group_keys else {}
    index, labels = {**own, **grouped.frame.index}, grouped.frame.labels
    return Series(sort_rows(rows, by), expr, label, index=index, labels=labels)


def read_corr(call: CodeCall, _grouped: Grouped) -> Value:
    """Read `corr` of groups, which is a table for each of them."""
    raise call.fail(
        f"{call.name} of groups gives a table for each group; the nearest is "
        "apply(lambda g: g['a'].corr(g['b']))"
    )


CUMULATIONS = ("cumsum", "cummin", "cummax")
GROUP_ROLLING = {name: Method(read_rolled_groups, "ddof") for name in ROLLED}
GROUP_EXPANDING = {name: Method(read_expanded_groups) for name in EXPANDING_METHODS}
GROUP_METHODS = {
    "expanding": Method(read_group_expanding, "min_periods axis"),
    "rolling": Method(read_group_rolling, "window min_periods center win_type axis closed"),
    **{
        name: Method(read_each_row(read), arguments)
        for name, read, arguments in (
            ("transform", _transform_one, "func engine engine_kwargs"),
            ("shift", read_shift, "periods freq axis fill_value"),
            ("diff", read_diff, "periods axis"),
            ("pct_change", read_change, "periods fill_method limit freq axis"),
            *((name, read_cumulation, "axis numeric_only") for name in CUMULATIONS),
            ("ffill", read_fill, "limit"),
            ("bfill", read_fill, "limit"),
            ("fillna", read_fillna, "value method axis inplace limit"),
            ("rank", read_rank, "method ascending na_option pct axis"),
        )
    },
    "cumcount": Method(read_cumcount, "ascending"),
    "head": Method(read_head, "n"),
    "nth": Method(read_head, "n dropna"),
    "tail": Method(read_head, "n"),
    **{name: Method(read_places, "axis skipna numeric_only") for name in ("idxmax", "idxmin")},
    "get_group": Method(read_group, "name"),
    "filter": Method(read_filter, "func dropna"),
    "describe": Method(read_describe),
    "value_counts": Method(read_value_counts, "normalize sort ascending bins dropna"),
    "nlargest": Method(read_largest, "n keep"),
    "nsmallest": Method(read_largest, "n keep"),
    "corr": Method(read_corr, "method"),
    "sem": Method(read_agg_named, "ddof"),
    **{
        name: Method(read_reduction(name), "numeric_only min_count engine engine_kwargs")
        for name in REDUCING
    },
    "std": Method(read_reduction("std"), "ddof engine engine_kwargs numeric_only"),
    "var": Method(read_reduction("var"), "ddof engine engine_kwargs numeric_only"),
    "any": Method(read_reduction("any"), "skipna"),
    "all": Method(read_reduction("all"), "skipna"),
    "skew": Method(read_reduction("skew"), "axis skipna numeric_only"),
    "size": Method(read_size),
    "quantile": Method(read_quantile, "q interpolation numeric_only"),
    "agg": Method(read_agg, "func **"),
    "aggregate": Method(read_agg, "func **"),
    "apply": Method(read_apply, "func *args include_groups **"),
}
GROUP_ATTRIBUTES: dict[str, Callable[..., Value]] = {
    "[]": select_groups,
    "ngroups": count_groups,
}
