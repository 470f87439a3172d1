"""Values as expressions over common rows: those that pandas aligns by an index."""

from __future__ import annotations

import ast
import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import cast

from ..spec.expression import (
    Agg,
    Col,
    Expr,
    Lit,
    Neg,
    build_case,
    build_chain,
    choose_fresh_name,
    list_aggregations,
    substitute,
)
from ..spec.parser import LARGEST
from ..spec.workload import Output
from .categories import name_made
from .renaming import rename
from .rows import (
    Aggregated,
    Rows,
    Sorted,
    add_windows,
    aggregate,
    combine,
    find_free_name,
    is_laid_out_as,
    list_conditions,
    list_made_columns,
    list_names,
    sort,
    widen,
    with_columns,
)
from .spread import put_part
from .trees import restrict
from .values import (
    Called,
    Const,
    Frame,
    Part,
    Scalar,
    Series,
    Unknown,
    UnreadError,
    Value,
    have_other_labels,
)

OTHER_LABELS = "pandas aligns these by their indexes, which differ: reset_index, or take .values"
MISPLACED = "values without labels go to the rows at their places: sort both alike, or keep labels"
RENUMBERED = "pandas aligns these by the labels of their rows, and one has new ones: reset both"
WHAT = {
    "Frame": "a frame",
    "Grouped": "groups",
    "CodeFunction": "a function",
    "Library": "a function of a library",
    "Items": "a list",
    "Mapping": "a dict",
    "Part": "an accessor",
    "wide": "a wide table",
    "listed frame": "a frame of listed values",
    "totals": "numbers of columns",
    "places": "rows' labels",
}


def describe(value: Value) -> str:
    """Return what a value is, for messages."""
    kind = value.kind if isinstance(value, Part) else ""
    return WHAT.get(kind) or WHAT.get(type(value).__name__, "this value")


def make_literal(value: object, node: ast.AST) -> Expr:
    """Return a constant as an expression."""
    if isinstance(value, float) and not math.isfinite(value):
        if math.isnan(value):
            return Lit(None)
        raise UnreadError(node, "an infinity cannot be written as a constant")
    if isinstance(value, bool | float | str | dt.date) or value is None:
        return Lit(value)
    if isinstance(value, int) and abs(value) < LARGEST:
        return Lit(value) if value >= 0 else Neg(Lit(-value))
    raise UnreadError(node, "this constant has no counterpart in a workload")


def to_expr(value: Value, node: ast.AST) -> Expr:
    """Return a value as an expression over its rows."""
    match value:
        case Series(expr=expr) | Scalar(expr=expr):
            return expr
        case Part("keys", Series(expr=expr)):
            return expr
        case Const(found):
            return make_literal(found, node)
        case Unknown(why=why) | Called(why=why):
            raise UnreadError(node, why)
    raise UnreadError(node, f"{describe(value)} is used as a column; name one column")


@dataclass(slots=True)
class Aligned:
    """Rows with the columns of several values, and the keys of their aggregations."""

    rows: Rows
    exprs: tuple[Expr, ...]
    keys: tuple[str, ...] | None
    like: Series | None

    def make(self, expr: Expr) -> Series | Scalar:
        """Return a value of the aligned rows."""
        if self.like is None:
            return Scalar(self.rows, expr, self.keys or ())
        return replace(self.like, rows=self.rows, expr=expr, keys=self.keys)


def check_places(node: ast.AST, column: Series, other: Series) -> None:
    """Raise UnreadError where pandas pairs other rows: by their places, or by other labels."""
    if (column.placed or other.placed) and not is_laid_out_as(column.rows, other.rows):
        raise UnreadError(node, MISPLACED)
    one, beside = column.labels, other.labels
    if one is None or beside is None or one is beside:
        return
    # Other labels are the same if each side's are its places, and the places those of one row.
    pairs = (column.rows, other.rows), (column.rows, one.rows), (other.rows, beside.rows)
    if not all(is_laid_out_as(*pair) for pair in pairs):
        raise UnreadError(node, RENUMBERED)


def check_labels(node: ast.AST, frame: Frame, value: Series) -> None:
    """Raise UnreadError where pandas does not find a value's rows in the same rows of a frame."""
    if have_other_labels(frame, value):
        raise UnreadError(node, OTHER_LABELS)
    check_places(node, value, Series(frame.rows, value.expr, labels=frame.labels))


def place(value: Value) -> Value:
    """Return a value as NumPy takes it: without the labels and the name of its rows."""
    if not isinstance(value, Series) or value.element:
        return value
    return replace(value, name=None, index={}, placed=True, labels=None)


def align(node: ast.AST, *values: Value) -> Aligned:
    """Return values on common rows; UnreadError where they are not of the same rows."""
    found: Aligned | None = None
    for value in values:
        found = _add(node, found, value)
    if found is None or found.rows is None:
        raise UnreadError(node, "this has no column")
    return found


def _add(node: ast.AST, found: Aligned | None, value: Value) -> Aligned:
    expr = to_expr(value, node)
    if isinstance(value, Part):
        value = value.owner
    if not isinstance(value, Series | Scalar):
        return _add_aligned(found, expr)
    if found is not None and found.rows is not None and isinstance(value, Series):
        if found.like is not None:
            if have_other_labels(found.like, value):
                raise UnreadError(node, OTHER_LABELS)
            check_places(node, replace(found.like, rows=found.rows), value)
        value = separate(found.rows, value)
        expr = value.expr
    keys = value.keys
    rows, like = value.rows, value if isinstance(value, Series) else None
    if found is None or found.rows is None:
        before = () if found is None else found.exprs
        return Aligned(rows, (*before, expr), keys, like)
    numbers = like is None and found.like is None and keys != found.keys
    if numbers and (shared := _spread_aligned(found, value)):
        found, rows, expr = shared
        return Aligned(rows, (*found.exprs, expr), found.keys, None)
    if keys is not None and found.keys is not None and keys != found.keys:
        value = materialize(Series(rows, expr, None, keys))
        rows, expr, keys = value.rows, value.expr, None
    common = find_common_rows(found.rows, rows)
    if common is None and (shared := _put_together(found, value) or _take_all_rows(found, value)):
        found, rows, expr = shared
        common, keys = rows, found.keys
    if common is None and (shared := _share_rows(found, value) or _spread_aligned(found, value)):
        found, rows, expr = shared
        common, keys = rows, found.keys
    if common is None:
        message = "these values are of different rows; make them of one frame"
        raise UnreadError(node, f"{message}, or merge the frames by their keys")
    return Aligned(
        common,
        (*found.exprs, expr),
        found.keys if keys is None else keys,
        _name_of(found.like, like),
    )


def _put_together(found: Aligned, value: Series | Scalar) -> tuple[Aligned, Rows, Expr] | None:
    """Return answers of the same groups, one of some of the other's rows."""
    if found.like is None or not isinstance(value, Series) or len(found.exprs) > 1:
        return None
    own, other = as_total(replace(found.like, expr=found.exprs[0])), as_total(value)
    if own is None or other is None:
        return None
    if made := put_part(found.rows, other):
        return replace(found, rows=made[0]), *made
    if made := put_part(value.rows, own):
        return replace(found, rows=made[0], exprs=(made[1],)), made[0], value.expr
    return None


def _take_all_rows(found: Aligned, value: Series | Scalar) -> tuple[Aligned, Rows, Expr] | None:
    """Return columns of which one is of some of the other's rows: missing in the others."""
    if found.like is None or not isinstance(value, Series) or len(found.exprs) > 1:
        return None
    own = materialize(replace(found.like, rows=found.rows, expr=found.exprs[0], keys=found.keys))
    other = materialize(value)
    some, every = (
        (own, other) if list_conditions(own.rows) > list_conditions(other.rows) else (other, own)
    )
    if not list_conditions(some.rows) > list_conditions(every.rows):
        return None
    wide = take_some_rows(every.rows, some)
    rows = find_common_rows(every.rows, wide.rows)
    if rows is None:
        return None
    left, right = (wide, every) if some is own else (every, wide)
    return replace(found, rows=rows, exprs=(left.expr,), keys=None), rows, right.expr


def _share_rows(found: Aligned, value: Series | Scalar) -> tuple[Aligned, Rows, Expr] | None:
    """Return aggregations of some of the rows as ones of all, in which the others do not count."""
    exprs, expr = found.exprs, value.expr
    base = find_shared_rows(found.rows, value.rows)
    if base is None:
        return None
    if found.like is not None or isinstance(value, Series):
        base = found.rows if found.like is not None else value.rows
    if found.like is None:
        exprs = tuple(one for one in (relax(e, found.rows, base) for e in exprs) if one is not None)
    if isinstance(value, Scalar):
        relaxed = relax(expr, value.rows, base)
        if relaxed is None:
            return None
        expr = relaxed
    if len(exprs) < len(found.exprs) or (found.like is not None and isinstance(value, Series)):
        return None
    return replace(found, rows=base, exprs=exprs), base, expr


def _spread_aligned(found: Aligned, value: Series | Scalar) -> tuple[Aligned, Rows, Expr] | None:
    """Return a number of all rows beside values of their groups."""
    total = value if isinstance(value, Scalar) else as_total(value)
    if total is not None and (isinstance(value, Series) or total.keys == ()):
        made = put_total(found.rows, total, found.keys or ())
        if made:
            return replace(found, rows=made[0]), *made
    if found.like is None and found.keys == () and value.keys != ():
        rows, exprs = value.rows, []
        for expr in found.exprs:
            if list_aggregations(expr):
                made = put_total(rows, Scalar(found.rows, expr), value.keys or ())
                if made is None:
                    return None
                rows, expr = made  # noqa: PLW2901 - the number, as a column of the groups' rows
            exprs.append(expr)
        return replace(found, rows=rows, exprs=tuple(exprs), keys=value.keys), rows, value.expr
    return None


def as_total(column: Series) -> Scalar | None:
    """Return an answer of groups as a number of each group of their rows; None where it is none."""
    rows = column.rows
    if isinstance(rows.origin, Sorted) and not (rows.where or rows.derived):
        rows = rows.origin.rows
    match rows:
        case Rows(Aggregated(below, keys, outputs), where=()):
            values = {one.name: one.expression for one in outputs}
            return Scalar(below, substitute(column.rows.inline(column.expr), values), keys)
    return None


def put_total(target: Rows, total: Scalar, keys: tuple[str, ...] = ()) -> tuple[Rows, Expr] | None:
    """Return rows of groups with a number of all rows that the groups are made of, and it.

    `keys` are those of the groups where the target is their rows.
    """
    name = find_free_name(target, "total")
    match target.origin:
        case Aggregated(below, by, outputs) if {*total.keys} < {*by}:
            made = put_total(below, total, by)
            if made is None:
                return None
            rows = aggregate(made[0], by, (*outputs, Output(name, made[1])))
        case Sorted(below, order) if not keys:
            made = put_total(below, total)
            if made is None:
                return None
            rows, name = sort(made[0], order), cast("Col", made[1]).name
        case _ if keys:
            name = find_free_name(total.rows, "total")
            wide = widen(target, total.rows, total.keys, Output(name, total.expr))
            return (wide, Agg("max", (Col(name),))) if wide else None
        case _:
            return None
    derived = tuple(one for one in target.derived if one.name not in {o.name for o in rows.derived})
    return with_columns(replace(rows, where=target.where), derived), Col(name)


def find_shared_rows(one: Rows, other: Rows) -> Rows | None:
    """Return the rows of one origin that both have before their own conditions."""
    if one.origin != other.origin:
        return None
    return replace(one, where=tuple(test for test in one.where if test in other.where))


def relax(expr: Expr, rows: Rows, base: Rows) -> Expr | None:
    """Return aggregations of rows over others, of which they are a part; None where it is not."""
    if rows.origin != base.origin or not set(base.where) <= set(rows.where):
        return None
    tests = tuple(rows.inline(test) for test in rows.where if test not in base.where)
    inlined = rows.inline(expr)
    if not tests:
        return inlined
    return restrict(inlined, tests[0] if len(tests) == 1 else build_chain("and", *tests))


def take_some_rows(target: Rows, column: Series) -> Series:
    """Return a column of some of the rows of a frame as one that is missing in the others."""
    rows = column.rows
    if isinstance(rows.origin, Sorted):
        inner = rows.origin.rows
        where = tuple(map(rows.inline, rows.where))
        rows = with_columns(replace(inner, where=(*inner.where, *where)), rows.derived)
    tests = tuple(one for one in rows.where if one not in target.where)
    if not tests:
        return replace(column, rows=rows)
    kept = tests[0] if len(tests) == 1 else build_chain("and", *tests)
    plainly = replace(rows, where=tuple(one for one in rows.where if one in target.where))
    return replace(column, rows=plainly, expr=build_case(((kept, column.expr),), Lit(None)))


def _add_aligned(found: Aligned | None, expr: Expr) -> Aligned:
    if found is None:
        return Aligned(cast("Rows", None), (expr,), None, None)
    return replace(found, exprs=(*found.exprs, expr))


def _name_of(one: Series | None, other: Series | None) -> Series | None:
    if one is None or other is None:
        return one or other
    if one.placed:
        return other
    return one if one.name == other.name else replace(one, name=None)


def separate(beside: Rows, value: Series) -> Series:
    """Return an answer of groups whose columns have other names than those of other rows."""
    if beside == value.rows:
        return value
    there, mine = (
        {one.name: one.expression for one in list_made_columns(rows)}
        for rows in (beside, value.rows)
    )
    shared = [
        name
        for name, expr in mine.items()
        if there.get(name, expr) is not expr and there[name] != expr
    ]
    if not shared:
        return value
    taken = list_names(beside) | list_names(value.rows)
    names = {name: choose_fresh_name(name, taken) for name in shared}
    rows = rename(value.rows, names)
    if rows is None:
        return value
    expr = substitute(value.expr, {old: Col(new) for old, new in names.items()})
    return replace(value, rows=rows, expr=expr)


def find_common_rows(one: Rows, other: Rows) -> Rows | None:
    """Return the rows of two values with the columns of both; None where they differ."""
    if list_conditions(one) != list_conditions(other):
        return None
    return combine(one, other) or combine(other, one)


def materialize(column: Series, name: str | None = None) -> Series:
    """Return a column whose values of groups are computed in a step of their own."""
    if column.keys is None:
        return column
    fresh = find_free_name(column.rows, name or label_name(column.name))
    fresh = name_made(fresh, column.expr)
    rows = add_windows(column.rows, column.keys, (Output(fresh, column.expr),))
    return replace(column, rows=rows, expr=Col(fresh), keys=None)


def label_name(label: object, default: str = "value") -> str:
    """Return a name for a column of a label."""
    if isinstance(label, tuple):
        return "_".join(str(part) for part in label if part != "") or default
    return label if isinstance(label, str) and label else default
