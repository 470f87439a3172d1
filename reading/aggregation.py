"""Aggregations of groups, in all spellings of `agg`."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from ..spec.expression import (
    Agg,
    Arith,
    Call,
    Col,
    Compare,
    Expr,
    IsMissing,
    Lit,
    Not,
    build_case,
    choose_fresh_name,
    list_aggregations,
)
from ..spec.kinds import KindError
from ..spec.order import is_ordered
from ..spec.vocabulary import suggest
from ..spec.workload import Output, SortKey
from . import alignment, operators
from .alignment import label_name
from .calls import CodeCall
from .categories import find_category, name_made
from .meaning import can_miss
from .nearest import LISTS, ONE_CELL
from .operators import number, read_aggregation, read_kind
from .periods import fill_times
from .rows import (
    Aggregated,
    Distinct,
    Limited,
    Rows,
    Sorted,
    add_windows,
    combine,
    covers,
    find_free_name,
    find_order,
    keep,
    list_conditions,
    root_of,
    unsort,
    with_columns,
)
from .rows import sort as sort_rows
from .selection import rank_rows, require_column, write_place
from .values import (
    CodeFunction,
    Const,
    Frame,
    Grouped,
    Items,
    Label,
    Library,
    Mapping,
    Part,
    Scalar,
    Series,
    Unknown,
    UnreadError,
    Value,
)

# pandas' names of aggregations, with the words of the language.
AGGREGATIONS = {
    "sum": "sum",
    "mean": "mean",
    "average": "mean",
    "min": "min",
    "max": "max",
    "amin": "min",
    "amax": "max",
    "nanmin": "min",
    "nanmax": "max",
    "nansum": "sum",
    "nanmean": "mean",
    "nanmedian": "median",
    "count": "count",
    "nunique": "n_unique",
    "std": "std",
    "var": "var",
    "median": "median",
    "first": "first",
    "last": "last",
    "any": "any",
    "all": "all",
    "skew": "skew",
}


OTHER_ORDER = "this takes the rows of a group in another order; sort the frame before groupby"
RENAMED = "pandas 1 removed names in a dict of agg: write agg(total=('qty', 'sum'))"
LAMBDA = "<lambda>"
NUMBERS = {"int", "float", "decimal", "bool"}
MODES = "of equally frequent values the workload takes the smallest, and pandas lists all"
REDUCING = ("sum", "mean", "min", "max", "median", "first", "last", "count", "nunique")


def list_columns(
    node: ast.AST, grouped: Grouped, *, numeric: bool = False
) -> tuple[tuple[Label, Expr], ...]:
    """Return the columns that an aggregation works on: the selected ones, or all but the keys."""
    if grouped.selected is not None:
        return grouped.selected
    frame = grouped.frame
    unknown = "an aggregation of all columns needs to know them: select some, or give --data"
    frame.require_whole(node, unknown)
    found = [
        (label, Col(name))
        for label, name in frame.columns.items()
        if label not in grouped.keys and name not in grouped.keys.values()
    ]
    if numeric:
        found = [pair for pair in found if is_number(pair[1], frame.rows)]
    return tuple(found)


def is_number(expr: Expr, rows: Rows) -> bool:
    """Return whether values are numbers, and no categories of them."""
    return read_kind(expr, rows) in NUMBERS and find_category(expr) is None


def group_rows(grouped: Grouped) -> Rows:
    """Return the rows of groups: those whose keys are missing are dropped, as pandas does."""
    rows = grouped.frame.rows
    for name in grouped.keys.values() if grouped.dropna else ():
        test = Not(IsMissing(Col(name)))
        if can_miss(Col(name), rows.schema) and test not in rows.where:
            rows = keep(rows, test)
    return rows


Made = Expr | Scalar


def make_groups(
    node: ast.AST, grouped: Grouped, outputs: Sequence[tuple[Label, Made]], *, series: bool
) -> Frame | Series:
    """Return the answer of an aggregation: a row for each group, sorted by the keys."""
    keys = tuple(dict.fromkeys(grouped.keys.values()))
    names: dict[Label, str] = {}
    made: list[Output] = []
    below = _find_inner_groups(group_rows(grouped), keys, outputs) or group_rows(grouped)
    for label, value in outputs:
        before = below
        while label in names:
            label = _number_label(label)  # noqa: PLW2901 - a name that is not taken
        below, expr = place_aggregation(node, below, value)
        if find_order(below) != find_order(before) and any(
            _is_ordered(one.expression) for one in made
        ):
            raise UnreadError(node, OTHER_ORDER)
        name = choose_output_name(label, {*keys, *names.values()})
        names[label] = name_made(name, expr)
        made.append(Output(names[label], expr))
    try:
        rows = fill_times(node, below, keys, grouped.times, tuple(made))
    except KindError as error:
        raise UnreadError(node, str(error)) from None
    if grouped.sort:
        rows = sort_rows(rows, tuple(map(SortKey, keys)), implied=True)
    scope = grouped.frame.scope
    index = dict([*grouped.keys.items()][len(scope) :])
    if series and grouped.as_index:
        label, name = next(iter(names.items()))
        return Series(rows, Col(name), label, index=index, scope=scope)
    if grouped.as_index:
        return Frame(rows, names, index=index, scope=scope)
    return Frame(rows, {**index, **names}, scope=scope).number_rows()


def _find_inner_groups(
    below: Rows, keys: tuple[str, ...], outputs: Sequence[tuple[Label, Made]]
) -> Rows | None:
    """Return the groups within groups that all aggregations are of; None where one is not.

    Each group has to have some: no key of the inner ones may be missing.
    """
    found = [value.rows if isinstance(value, Scalar) else None for _, value in outputs]
    rows = found[0] if found else None
    if rows is None or any(one != rows for one in found) or rows.where:
        return None
    groups, _ = unsort(rows)
    match groups.origin:
        case Aggregated(inner, names) | Distinct(inner, names) if {*keys} <= {*names}:
            same = list_conditions(inner) == list_conditions(below)
            return rows if same and root_of(inner).origin == root_of(below).origin else None
    return None


def _number_label(label: Label) -> Label:
    return (*label[:-1], f"{label[-1]}_2") if isinstance(label, tuple) else f"{label}_2"


def place_aggregation(node: ast.AST, below: Rows, value: Made) -> tuple[Rows, Expr]:
    """Return the rows of groups, with the columns that an aggregation needs, and it over them."""
    if not isinstance(value, Scalar):
        return below, value
    value = _restrict_to_first(value)
    if value.rows == below:
        return below, value.expr
    if _is_ordered(value.expr) and find_order(value.rows) != find_order(below):
        sorted_rows = combine(value.rows, below)
        if sorted_rows is None or find_order(sorted_rows) != find_order(value.rows):
            raise UnreadError(node, OTHER_ORDER)
        return sorted_rows, value.expr
    relaxed = alignment.relax(value.expr, value.rows, below)
    if relaxed is not None:
        return below, relaxed
    if covers(value.rows, below):
        return value.rows, value.expr
    where = tuple(test for test in value.rows.where if test in below.where)
    base = replace(value.rows, where=where)
    relaxed = alignment.relax(value.expr, value.rows, base)
    if base != value.rows and relaxed is not None:
        return place_aggregation(node, below, replace(value, rows=base, expr=relaxed))
    if list_conditions(value.rows) == list_conditions(below):
        made = combine(below, value.rows)
        if made is not None:
            return made, value.expr
    raise UnreadError(node, "this aggregation of a group is of other rows; assign its parts first")


def _restrict_to_first(value: Scalar) -> Scalar:
    """Return an aggregation of the first rows of each group as one of rows that are numbered."""
    rows = value.rows
    match rows:
        case Rows(Limited(Rows(Sorted(below, (key,)), where=()), n), where=()) if value.keys:
            place = write_place(below, Col(key.name), descending=key.descending)
            rows = rank_rows(below, value.keys, place, n)
        case Rows(Limited(below, n), where=()) if value.keys and not find_order(below):
            name = find_free_name(below, "row")
            row = add_windows(below, value.keys, (Output(name, Agg("cumsum", (Lit(1),))),))
            rows = keep(row, Compare("<=", Col(name), Lit(n)))
        case _:
            return value
    return replace(value, rows=with_columns(rows, value.rows.derived))


def _is_ordered(expr: Expr) -> bool:
    """Return whether an expression has an aggregation that the order of the rows changes."""
    return any(map(is_ordered, list_aggregations(expr)))


def choose_output_name(label: Label, taken: set[str]) -> str:
    """Return a name for an output that is not taken."""
    return choose_fresh_name(label_name(label), taken)


def as_aggregation(call: CodeCall, function: Value, expr: Expr, grouped: Grouped) -> Made:
    """Return a function of a series, by its name or as code, as an aggregation of an expression."""
    rows = grouped.frame.rows
    match function:
        case Const(str() as name):
            pass
        case Library(dotted):
            name = dotted.rpartition(".")[2]
        case CodeFunction():
            return _call_aggregation(call, function, expr, grouped)
        case Unknown(why=why):
            raise call.fail(why)
        case Const(dict()):
            raise call.fail(RENAMED)
        case _:
            raise call.fail("this aggregation is not read")
    if name in {"size", "len"}:
        return Agg("size", ())
    if name in AGGREGATIONS:
        return read_aggregation(expr, AGGREGATIONS[name], rows)
    if name == "mode" and isinstance(function, Library):
        call.reader.note(call.node, MODES)
        return read_aggregation(expr, "mode", rows)
    if name in MADE:
        made = MADE[name](number(expr, rows))
        if name != "ptp" or not can_miss(expr, rows.schema):
            return made
        some = Compare("<", Agg("count", (expr,)), Agg("size", ()))
        return build_case(((some, Lit(None)),), made)  # NumPy skips no missing value
    if name in LISTS:
        raise call.fail(ONE_CELL)
    raise call.fail(f"the language has no aggregation {name!r}{_suggest_nearest(name)}")


def _suggest_nearest(name: str) -> str:
    return suggest(name, list(AGGREGATIONS))


def _write_sem(expr: Expr) -> Expr:
    return Arith("/", Agg("std", (expr,)), Call("sqrt", (Agg("count", (expr,)),)))


def _range(expr: Expr) -> Expr:
    return Arith("-", Agg("max", (expr,)), Agg("min", (expr,)))


MADE: dict[str, Callable[[Expr], Expr]] = {"sem": _write_sem, "ptp": _range}


def _call_aggregation(
    call: CodeCall, function: CodeFunction, expr: Expr, grouped: Grouped
) -> Scalar:
    """Return what a lambda or a def makes of the values of a group."""
    scope = tuple(grouped.keys.values())
    column = Series(group_rows(grouped), expr, scope=scope)
    made = call.enter(function, column)
    match made:
        case Scalar():
            return made
        case Part("modes", Series() as several):
            call.reader.note(call.node, MODES)
            return operators.reduce(several, "mode")
    raise call.fail("a function of groups is read if it returns one number of the group")


def read_reduction(name: str) -> Callable[[CodeCall, Grouped], Value]:
    """Return what reads an aggregation by its method's name."""
    word = AGGREGATIONS[name]

    def read(call: CodeCall, grouped: Grouped) -> Value:
        numeric = bool(call.read_constant("numeric_only", False))
        if name == "sum" and call.read_constant("min_count", 0) not in {0, -1}:
            raise call.fail("sum with min_count is not read")
        if name in {"std", "var"} and call.read_constant("ddof", 1) != 1:
            raise call.fail(f"{name} with another ddof than 1 is not read")
        rows = grouped.frame.rows
        outputs = [
            (label, read_aggregation(expr, word, rows))
            for label, expr in list_columns(call.node, grouped, numeric=numeric)
        ]
        return make_groups(call.node, grouped, outputs, series=grouped.single)

    return read


def read_size(call: CodeCall, grouped: Grouped) -> Value:
    """Read `size()`."""
    return make_groups(call.node, grouped, [("size", Agg("size", ()))], series=True)


def count_groups(node: ast.AST, owner: Value) -> Scalar:
    """Read `ngroups`, and `len` of groups."""
    grouped = cast("Grouped", owner)
    if len(grouped.keys) != 1 or not grouped.dropna or grouped.times:
        raise UnreadError(node, "the number of groups is read of groups of one key")
    name = next(iter(grouped.keys.values()))
    return Scalar(grouped.frame.rows, Agg("n_unique", (Col(name),)))


def read_agg_named(call: CodeCall, grouped: Grouped) -> Value:
    """Read an aggregation that is made of others, by its method's name."""
    return aggregate_by(call, grouped, Const(call.name))


def aggregate_by(call: CodeCall, grouped: Grouped, function: Value) -> Value:
    """Return an aggregation of each column of groups."""
    outputs = [
        (label, as_aggregation(call, function, expr, grouped))
        for label, expr in list_columns(call.node, grouped)
    ]
    return make_groups(call.node, grouped, outputs, series=grouped.single)


def read_agg(call: CodeCall, grouped: Grouped) -> Value:
    """Read `agg` in all of its spellings."""
    if call.extra and not call.has("func"):
        return _read_named(call, grouped)
    return aggregate_all(call, grouped, call.require("func"))


def is_several(function: Value) -> bool:
    """Return whether an aggregation is a list of them."""
    return isinstance(function, Items) or (
        isinstance(function, Const) and isinstance(function.value, list | tuple)
    )


def _renames(grouped: Grouped, pairs: dict[Any, Any]) -> bool:
    """Return whether a dict has new names for the aggregations of one column."""
    return grouped.single and grouped.selected is not None and grouped.selected[0][0] not in pairs


def aggregate_all(call: CodeCall, grouped: Grouped, function: Value) -> Value:
    """Return what `agg` makes of groups: by a function, a list of them, or a dict by column."""
    match function:
        case Const(dict() as pairs) if _renames(grouped, pairs):
            raise call.fail(RENAMED)
        case Const(dict() as pairs):
            return _by_column(call, grouped, {key: Const(one) for key, one in pairs.items()})
        case Mapping(pairs):
            return _by_column(call, grouped, dict(pairs))
        case Const(list() | tuple() as functions):
            return _aggregate_by_several(call, grouped, [Const(one) for one in functions])
        case Items(functions):
            return _aggregate_by_several(call, grouped, list(functions))
    return aggregate_by(call, grouped, function)


def _read_named(call: CodeCall, grouped: Grouped) -> Value:
    outputs: list[tuple[Label, Made]] = []
    for name, value in call.take_extra().items():
        label, function = _pair(call, grouped, value)
        expr = _find_column_expr(call, grouped, label)
        outputs.append((name, as_aggregation(call, function, expr, grouped)))
    return make_groups(call.node, grouped, outputs, series=False)


def _pair(call: CodeCall, grouped: Grouped, value: Value) -> tuple[Label, Value]:
    match value:
        case Const((label, function)) if not grouped.single:
            return label, Const(function)
        case Items((Const(label), function)) if not grouped.single:
            return label, function
    if grouped.single and grouped.selected is not None:
        return grouped.selected[0][0], value
    raise call.fail("named aggregations are pairs: total=('column', 'sum')")


def _find_column_expr(call: CodeCall, grouped: Grouped, label: Label) -> Expr:
    for known, expr in grouped.selected or ():
        if known == label:
            return expr
    return Col(require_column(call.node, grouped.frame, label))


def _by_column(call: CodeCall, grouped: Grouped, pairs: dict[Any, Value]) -> Value:
    outputs: list[tuple[Label, Made]] = []
    nested = any(_read_functions(one) is not None for one in pairs.values())
    for label, value in pairs.items():
        expr = _find_column_expr(call, grouped, label)
        for word, function in _name_functions(_read_functions(value) or [value]):
            name = (label, word) if nested else label
            outputs.append((name, as_aggregation(call, function, expr, grouped)))
    return make_groups(call.node, grouped, outputs, series=False)


def _read_functions(value: Value) -> list[Value] | None:
    match value:
        case Const(list() | tuple() as functions):
            return [Const(one) for one in functions]
        case Items(functions):
            return list(functions)
    return None


def _read_function_name(function: Value) -> str:
    match function:
        case Const(str() as name):
            return name
        case Library(dotted):
            return dotted.rpartition(".")[2]
        case CodeFunction(ast.FunctionDef(name)):
            return name
    return LAMBDA


def _aggregate_by_several(call: CodeCall, grouped: Grouped, functions: list[Value]) -> Value:
    outputs: list[tuple[Label, Made]] = []
    for label, expr in list_columns(call.node, grouped):
        for word, function in _name_functions(functions):
            name: Label = word if grouped.single else cast("Label", (label, word))
            outputs.append((name, as_aggregation(call, function, expr, grouped)))
    return make_groups(call.node, grouped, outputs, series=False)


def _name_functions(functions: Sequence[Value]) -> Iterator[tuple[str, Value]]:
    """Yield functions with their names; pandas numbers several lambdas of one column."""
    pairs = [_split_named_function(one) for one in functions]
    several = [word for word, _ in pairs].count(LAMBDA) > 1
    number_of = itertools.count()
    for word, function in pairs:
        yield f"<lambda_{next(number_of)}>" if several and word == LAMBDA else word, function


def _split_named_function(function: Value) -> tuple[str, Value]:
    """Return a function and its name: `('total', 'sum')`, or the function alone."""
    match function:
        case Const((str() as name, found)):
            return name, Const(found)
        case Items((Const(str() as name), found)):
            return name, found
    return _read_function_name(function), function


def read_describe(call: CodeCall, grouped: Grouped) -> Value:
    """Read `describe()` of groups."""
    rows = grouped.frame.rows
    outputs: list[tuple[Label, Made]] = []
    for label, expr in list_columns(call.node, grouped, numeric=True):
        for word, made in _write_description(number(expr, rows)).items():
            outputs.append((word if grouped.single else cast("Label", (label, word)), made))
    return make_groups(call.node, grouped, outputs, series=False)


def _write_description(expr: Expr) -> dict[str, Expr]:
    quantiles = {f"{q}%": Agg("quantile", (expr, Lit(q / 100))) for q in (25, 50, 75)}
    first = {word: Agg(word, (expr,)) for word in ("count", "mean", "std", "min")}
    return {**first, **quantiles, "max": Agg("max", (expr,))}
