"""Numbers of each column of a frame: a row with a column for each, where pandas has a series."""

from __future__ import annotations

import ast
import functools
from collections.abc import Sequence
from functools import partial
from typing import cast

from ..spec.expression import Agg, Arith
from ..spec.expression import Call as Word
from ..spec.workload import Output
from . import alignment, operators
from .aggregation import AGGREGATIONS, NUMBERS
from .alignment import label_name
from .calls import CodeCall, Method, to_python
from .categories import find_category
from .rows import Rows, aggregate
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
    take_column,
)

# Aggregations of a column whose rows have no order.
REDUCTIONS = {name: word for name, word in AGGREGATIONS.items() if name not in {"first", "last"}}
NUMERIC = {"sum", "mean", "median", "std", "var", "skew"}


def aggregate_each_column(call: CodeCall, frame: Frame, function: str) -> Part:
    """Return an aggregation of each column, by pandas' name of it."""
    frame.require_whole(call.node, f"{call.name} of all columns needs to know them: give --data")
    word = REDUCTIONS.get(function)
    if word is None:
        raise call.fail(f"{function} of all columns is not read")
    numeric = bool(call.read_constant("numeric_only", False))
    pairs: list[tuple[Label, Value]] = []
    for label, name in frame.columns.items():
        column = take_column(frame, label, name)
        counted = operators.read_kind(column.expr, frame.rows) in NUMBERS | {None}
        counted = counted and find_category(column.expr) is None
        if not counted and not numeric and function in NUMERIC:
            raise call.fail(f"{function} is of numbers, and {label!r} has none; choose columns")
        if counted or not numeric:
            pairs.append((label, operators.reduce(column, word)))
    return collect_totals(call, pairs)


def collect_totals(call: CodeCall, pairs: Sequence[tuple[Label, Value]]) -> Part:
    """Return numbers of columns, by their names."""
    if not pairs or not all(isinstance(value, Scalar) for _, value in pairs):
        raise call.fail("a function of each column is read if it returns one number, or a column")
    return Part("totals", Mapping(tuple(pairs)))


def aggregate_columns(call: CodeCall, frame: Frame) -> Value:
    """Read `agg` of a frame: a function of each column, or a dict of them."""
    function = call.require("func")
    match function:
        case Const(str() as name):
            return aggregate_each_column(call, frame, name)
        case Library(dotted):
            return aggregate_each_column(call, frame, dotted.rpartition(".")[2])
        case Const(dict() as found) if all(isinstance(one, str) for one in found.values()):
            parts = [
                (label, aggregate_each_column(call, _select_only(call, frame, label), name))
                for label, name in found.items()
            ]
            return collect_totals(call, [(label, _take_first(part)) for label, part in parts])
    raise call.fail("agg of a frame is read with one function for each column")


def _select_only(call: CodeCall, frame: Frame, label: Label) -> Frame:
    name = call.reader.require_column(call.node, frame, cast("str", label))
    return Frame(frame.rows, {label: name}, scope=frame.scope)


def _take_first(part: Part) -> Value:
    return cast("Mapping", part.owner).pairs[0][1]


def apply_to_column(call: CodeCall, function: Value, column: Series) -> Value:
    """Return what a function makes of a whole column."""
    match function:
        case CodeFunction():
            return call.enter(function, column)
        case Library("builtins.len"):
            return Scalar(column.rows, Agg("size", ()), column.scope)
        case Library(dotted):
            name = dotted.rpartition(".")[2]
            if dotted.startswith("pandas.Series.") and name in REDUCTIONS:
                return operators.reduce(column, REDUCTIONS[name])
            found: Value = call.reader.call_library(call.node, dotted, column)
            return found
        case Const(str() as name) if name in REDUCTIONS:
            return operators.reduce(column, REDUCTIONS[name])
    raise call.fail("apply over columns is read with a function")


def write_totals(part: Part, node: ast.AST) -> tuple[Rows, tuple[Output, ...]]:
    """Return the one row that has a column for each number, and its outputs."""
    pairs = cast("Mapping", part.owner).pairs
    found = alignment.align(node, *(value for _, value in pairs))
    names = [label_name(label) for label, _ in pairs]
    if len({*names}) < len(names):
        raise UnreadError(node, "two columns have one name here")
    outputs = tuple(Output(*pair) for pair in zip(names, found.exprs, strict=True))
    return aggregate(found.rows, found.keys or (), outputs), outputs


def read_total(node: ast.AST, owner: Value, index: Value) -> Value:
    """Read the number of one column."""
    part = cast("Part", owner)
    label = to_python(index, node, "a column")
    found: Value | None = dict(cast("Mapping", part.owner).pairs).get(label)
    if found is None:
        raise UnreadError(node, f"there is no number of {label!r} here")
    return found


def keep_totals(call: CodeCall, part: Part) -> Part:
    """Read what only sorts or names the numbers."""
    for name in ("axis", "ascending"):
        call.read_constant(name)
    return part


def read_of_totals(call: CodeCall, part: Part) -> Value:
    """Read `max()`, `min()` and `sum()` of numbers of columns."""
    scalars = [value for _, value in cast("Mapping", part.owner).pairs]
    found = alignment.align(call.node, *scalars)
    if call.name == "sum":
        return found.make(functools.reduce(partial(Arith, "+"), found.exprs))
    return found.make(Word(call.name, found.exprs) if len(scalars) > 1 else found.exprs[0])


def operate_totals(node: ast.AST, op: ast.operator, left: Value, right: Value) -> Part:
    """Return arithmetic of numbers of columns, with one number or those of the same columns."""
    sides = [_list_pairs(left), _list_pairs(right)]
    labels = list(next(side for side in sides if side is not None))
    if any(side is not None and list(side) != labels for side in sides):
        raise UnreadError(node, "arithmetic of numbers of columns is read of the same columns")
    one, other = (
        dict.fromkeys(labels, value) if side is None else side
        for side, value in zip(sides, (left, right), strict=True)
    )
    made = ((label, operators.read_binary(node, op, one[label], other[label])) for label in labels)
    return Part("totals", Mapping(tuple(made)))


def _list_pairs(value: Value) -> dict[Label, Value] | None:
    match value:
        case Part("totals", Mapping(pairs)):
            return dict(pairs)
    return None


TOTALS_METHODS = {
    "sort_values": Method(keep_totals, "axis ascending inplace kind"),
    **{name: Method(keep_totals) for name in ("sort_index", "to_dict", "copy")},
    **{name: Method(read_of_totals) for name in ("sum", "max", "min")},
}
