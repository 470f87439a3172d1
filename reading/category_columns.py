"""What makes columns of categories, and `.cat` of them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import cast

from ..spec.expression import Lit, Neg
from . import alignment
from .calls import CodeCall, Method
from .categories import (
    Category,
    as_categories,
    as_plain,
    find_category,
    keep_labels,
    map_category,
    write_place,
)
from .rows import Rows, find_inner_rows, list_conditions
from .values import Const, Part, Series, UnreadError, Value

EMPTY = "pandas also answers categories without rows; write observed=True to leave them"


def describe_rows(rows: Rows) -> object:
    """Return what tells rows from some of them: what they are of, and their conditions."""
    base = rows
    while below := find_inner_rows(base):
        base = below
    return base.origin, list_conditions(rows)


def make_categories(column: Series, category: Category) -> Series:
    """Return a column whose values are categories."""
    return column.with_expr(as_categories(column.expr, category))


def as_category(column: Series) -> Series:
    """Return `astype("category")`: categories in the order of the values."""
    if find_category(column.expr):
        return column
    return make_categories(column, Category(rows=describe_rows(column.rows)))


def keep_category(made: Value, like: Value) -> Value:
    """Return what a method makes of a column of categories as one of the same categories."""
    category = find_category(like.expr) if isinstance(like, Series) else None
    if category is None or not isinstance(made, Series):
        return made
    return make_categories(made, category)


def map_categories(made: Value, like: Series, table: dict[object, object] | None = None) -> Value:
    """Return what a function, or a dict, makes of each category as the column that pandas makes."""
    category = find_category(like.expr)
    if category is None or not isinstance(made, Series):
        return made
    found = Category(known=False) if table is None else map_category(category, table)
    return made if found is None else make_categories(made, found)


def as_values(column: Series) -> Series:
    """Return a column of categories as one of their values."""
    return column.with_expr(as_plain(column.expr))


def take_labels(column: Series, labels: list[object], *, ordered: bool) -> Series:
    """Return a column of these categories; other values are missing."""
    return make_categories(
        column.with_expr(keep_labels(column.expr, labels)), Category(tuple(labels), ordered)
    )


def convert_to(column: Series, dtype: Part) -> Series:
    """Return `astype(CategoricalDtype(labels, ordered))`."""
    labels, ordered = dtype.details
    if labels is None:
        made = as_category(column)
        found = cast("Category", find_category(made.expr))
        return make_categories(as_values(made), replace(found, ordered=ordered))
    return take_labels(column, labels, ordered=ordered)


def read_dtype(call: CodeCall) -> Part:
    """Read `CategoricalDtype(categories, ordered)`."""
    return Part("dtype", Const(None), _read_labels(call))


def _read_labels(call: CodeCall) -> tuple[list[object] | None, bool]:
    labels = call.read_constant("categories")
    ordered = bool(call.read_constant("ordered", False))
    if labels is not None and not isinstance(labels, list | tuple):
        raise call.fail("categories are read as a list of constants")
    return None if labels is None else list(labels), ordered


def read_categorical(call: CodeCall) -> Series:
    """Read `pd.Categorical(column, categories, ordered)`."""
    column = call.require("values")
    if not isinstance(column, Series):
        raise call.fail("pd.Categorical is read of a column")
    given = call.read_value("dtype")
    dtype = given if isinstance(given, Part) else Part("dtype", given, _read_labels(call))
    return convert_to(alignment.materialize(column), dtype)


# .cat


def _open(call: CodeCall, part: Part) -> tuple[Series, Category]:
    column = alignment.materialize(cast("Series", part.owner))
    category = find_category(column.expr)
    if category is None:
        raise call.fail("this column is read as one without categories: write .astype('category')")
    return column, category


def read_set_categories(call: CodeCall, part: Part) -> Series:
    """Read `cat.set_categories(labels, ordered)` and `cat.reorder_categories`."""
    column, category = _open(call, part)
    labels = call.read_constant("new_categories")
    if not isinstance(labels, list | tuple):
        raise call.fail("categories are read as a list of constants")
    ordered = call.read_constant("ordered")
    chosen = category.ordered if ordered is None else bool(ordered)
    if call.name == "reorder_categories":
        return make_categories(
            as_values(column), Category(tuple(labels), chosen, True, category.rows)
        )
    return take_labels(column, list(labels), ordered=chosen)


def read_ordered(call: CodeCall, part: Part) -> Series:
    """Read `cat.as_ordered()` and `cat.as_unordered()`."""
    column, category = _open(call, part)
    ordered = call.name == "as_ordered"
    return make_categories(as_values(column), replace(category, ordered=ordered))


def read_used(call: CodeCall, part: Part) -> Series:
    """Read `cat.remove_unused_categories()`."""
    column, category = _open(call, part)
    found = replace(category, rows=describe_rows(column.rows))
    return make_categories(as_values(column), found)


def read_added(call: CodeCall, part: Part) -> Series:
    """Read `cat.add_categories(labels)`, which come after the others."""
    column, category = _open(call, part)
    added = tuple(call.read_names("new_categories"))
    labels = None if category.labels is None else (*category.labels, *added)
    found = replace(category, labels=labels, known=labels is not None, rows=None)
    return make_categories(as_values(column), found)


def read_codes(node: ast.AST, owner: Value) -> Series:
    """Read `cat.codes`: the place of each value, and -1 where it is missing."""
    column = alignment.materialize(cast("Series", cast("Part", owner).owner))
    category = find_category(column.expr)
    if category is None or category.labels is None:
        text = "cat.codes is read of categories that the code lists: give categories=[…]"
        raise UnreadError(node, text)
    return replace(column, expr=write_place(column.expr, category, Neg(Lit(1))), name=None)


CATEGORY_METHODS = {
    "set_categories": Method(read_set_categories, "new_categories ordered rename"),
    "reorder_categories": Method(read_set_categories, "new_categories ordered"),
    "as_ordered": Method(read_ordered),
    "as_unordered": Method(read_ordered),
    "remove_unused_categories": Method(read_used),
    "add_categories": Method(read_added, "new_categories"),
}
