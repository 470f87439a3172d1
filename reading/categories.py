"""Columns of categories: pandas sorts and compares them by an order of their own.

A name of a column in rows, and the expression that makes one, tell of the categories; whoever
computes with them has another value, which tells nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..spec.expression import (
    Agg,
    Call,
    Case,
    Col,
    Compare,
    CompareOp,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    build_case,
)
from ..spec.kinds import KindError

UNORDERED = "pandas raises here: these categories have no order; give ordered=True"
NO_NUMBERS = "pandas does not compute with categories; write .astype(str) or .astype(int) first"
UNKNOWN = "the order of these categories is not known; write .astype(object), or list them in order"
# What is one of the values that it is of.
CHOOSING = {"first", "last", "lag", "lead", "ffill", "bfill", "mode"}


@dataclass(frozen=True, slots=True)
class Category:
    """The categories of a column, in pandas' order; None where it is that of the values.

    `known` is false where there is another order that the code does not tell. `rows` are what each
    category is known to have rows of; None where some may have none.
    """

    labels: tuple[Any, ...] | None = None
    ordered: bool = False
    known: bool = True
    rows: object = None

    @property
    def is_natural(self) -> bool:
        """Return whether the order is that of the values themselves."""
        if self.labels is None:
            return self.known
        return list(self.labels) == sorted(self.labels)


class CategoryName(str):
    """The name that a column of categories has in its rows."""

    category: Category

    def __new__(cls, name: str, category: Category) -> CategoryName:  # noqa: PYI034 - as str has it
        """Return a name that tells of categories."""
        made = super().__new__(cls, name)
        made.category = category
        return made


@dataclass(frozen=True, slots=True)
class CategoryCase(Case):
    """A choice of categories."""

    category: Category


@dataclass(frozen=True, slots=True)
class CategoryCall(Call):
    """A function whose values are categories."""

    category: Category


def find_category(expr: Expr) -> Category | None:
    """Return the categories that an expression's values are of; None where they are of none."""
    match expr:
        case Col(CategoryName(category=category)):
            return category
        case CategoryCase(category=category) | CategoryCall(category=category):
            return category
        case Agg(function, (argument, *_)) if function in CHOOSING:
            return find_category(argument)
    return None


def name_made(name: str, expr: Expr) -> str:
    """Return the name of a column that is made by an expression, which tells of its categories."""
    category = find_category(expr)
    return str(name) if category is None else CategoryName(name, category)


def rename_like(name: str, old: str) -> str:
    """Return another name of the same column."""
    return CategoryName(name, old.category) if isinstance(old, CategoryName) else name


def as_categories(expr: Expr, category: Category) -> Expr:
    """Return an expression whose values are categories."""
    match expr:
        case Col(name):
            return Col(CategoryName(name, category))
        case Case(branches, otherwise):
            return CategoryCase(branches, otherwise, category)
        case Call(function, arguments):
            return CategoryCall(function, arguments, category)
    return CategoryCase(((IsMissing(expr), Lit(None)),), expr, category)


def as_plain(expr: Expr) -> Expr:
    """Return an expression whose values are no categories."""
    match expr:
        case Col(CategoryName() as name):
            return Col(str(name))
        case CategoryCase(branches, otherwise):
            return Case(branches, otherwise)
        case CategoryCall(function, arguments):
            return Call(function, arguments)
        case Agg(function, (argument, *settings)):
            return Agg(function, (as_plain(argument), *settings))
    return expr


def keep_labels(expr: Expr, labels: Sequence[Any]) -> Expr:
    """Return values that are among the labels; others are missing."""
    return build_case(((IsIn(as_plain(expr), tuple(map(Lit, labels))), as_plain(expr)),), Lit(None))


def write_place(expr: Expr, category: Category, missing: Expr = Lit(None)) -> Expr:  # noqa: B008
    """Return the place of a value among the categories, from 0."""
    if category.labels is None:
        raise KindError(expr, UNKNOWN)
    places: dict[Expr, Expr] = {Lit(one): Lit(n) for n, one in enumerate(category.labels)}
    places[Lit(None)] = missing
    match expr:
        case Case(branches, otherwise) if {v for _, v in branches} | {otherwise} <= places.keys():
            return Case(tuple((test, places[v]) for test, v in branches), places[otherwise])
    tests = (Compare("==", as_plain(expr), Lit(label)) for label in category.labels)
    return build_case(tuple(zip(tests, places.values(), strict=False)), missing)


def compare_categories(op: CompareOp, left: Expr, right: Expr) -> Expr | None:
    """Return whether categories come before others; None where their order does not matter."""
    one, other = find_category(left), find_category(right)
    if op in {"==", "!="} or (one is None and other is None):
        return None
    if one is None or other is None:
        return _compare_with_label(op, left, right)
    if not (one.ordered and other.ordered):
        raise KindError(left, UNORDERED)
    if one.is_natural and other.is_natural:
        return None
    return Compare(op, write_place(left, one), write_place(right, other))


TURNED: dict[CompareOp, CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _compare_with_label(op: CompareOp, left: Expr, right: Expr) -> Expr:
    category = find_category(left)
    if category is None:
        return _compare_with_label(TURNED[op], right, left)
    if not category.ordered:
        raise KindError(left, UNORDERED)
    match right:
        case Lit(label) if category.labels is not None and label in category.labels:
            labels, place = category.labels, category.labels.index(label)
        case _:
            raise KindError(left, "pandas compares categories with one of them only")
    kept = {
        "<": labels[:place],
        "<=": labels[: place + 1],
        ">": labels[place + 1 :],
        ">=": labels[place:],
    }[op]
    if not kept:
        return Compare("!=", Lit(0), Lit(0))
    return IsIn(as_plain(left), tuple(map(Lit, kept)))


def map_category(category: Category, table: dict[Any, Any]) -> Category | None:
    """Return the categories that a dict makes of others; None where pandas makes plain values.

    It makes categories where each has a value of its own.
    """
    labels = sorted(table) if category.labels is None else category.labels
    values: list[Any] = [table.get(label) for label in labels]
    if category.labels is not None:
        whole = None not in values and len({*values}) == len(values)
        return replace(category, labels=tuple(values)) if whole else None
    if category.known and values == sorted(values):
        return replace(category, rows=None)
    return Category(known=False)
