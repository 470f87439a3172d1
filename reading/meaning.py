"""pandas' meaning of expressions: comparisons with a missing value are false, not missing.

While code is read, trees follow pandas: a comparison has two values, and `!=` is true of a missing
one. Here they become trees of the workload language, where a comparison with a missing value is
missing, and a condition that is missing counts as false.
"""

from __future__ import annotations

from ..spec.expression import (
    Agg,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    CompareOp,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Not,
    build_chain,
    list_children,
)
from ..spec.kinds import KindError, find_kind, may_be_missing
from ..spec.schema import Schema
from .trees import transform

OPPOSITES: dict[CompareOp, CompareOp] = {
    "==": "!=",
    "!=": "==",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
}
# These are missing where their argument is, and nowhere else.
TOTAL = {
    "year",
    "quarter",
    "month",
    "week",
    "day",
    "weekday",
    "day_of_year",
    "date",
    "truncate",
} | {*("hour", "minute", "second", "upper", "lower", "strip", "len", "format")}
NEVER_MISSING = {"sum", "count", "size", "n_unique", "any", "all"}


def can_miss(expr: Expr, schema: Schema | None) -> bool:
    """Return whether an expression's value may be missing; true where in doubt."""
    if schema is not None:
        try:
            return may_be_missing(expr, schema)
        except (KeyError, KindError):
            pass
    match expr:
        case Lit(value):
            return value is None
        case Col():
            return True
        case IsMissing() | Compare() | IsIn():
            return False
        case Agg(function, _) if function in NEVER_MISSING:
            return False
        case Case(branches, otherwise):
            return any(can_miss(one, None) for one in (*(v for _, v in branches), otherwise))
    return any(can_miss(part, schema) for part in list_children(expr))


def is_condition(expr: Expr, schema: Schema | None) -> bool:
    """Return whether an expression is true or false, as far as that is known."""
    if schema is not None:
        try:
            return find_kind(expr, schema) == "bool"
        except (KeyError, KindError):
            pass
    match expr:
        case Compare() | IsMissing() | IsIn() | Bool() | Not():
            return True
        case Lit(bool()):
            return True
        case Case(branches, otherwise):
            return all(is_condition(one, None) for one in (*(v for _, v in branches), otherwise))
    return False


def negate(expr: Expr) -> Expr:
    """Return the opposite of a condition that is read."""
    match expr:
        case Not(operand):
            return operand
    return Not(expr)


def shorten_presence(test: Expr) -> Expr:
    """Return the test that a column is there, for that of what is missing with it alone."""
    match test:
        case Not(IsMissing(Call(function, (Col() as column, *_)))) if function in TOTAL:
            return Not(IsMissing(column))
    return test


def as_filter(expr: Expr, schema: Schema | None) -> Expr:
    """Return a condition for a place where missing counts as false."""
    return _Language(schema).read_test(expr)


def as_value(expr: Expr, schema: Schema | None) -> Expr:
    """Return an expression whose conditions are never missing, as pandas has none that are."""
    return _Language(schema).read_value(expr)


class _Language:
    """Writes trees with pandas' meaning as those of the language, over known or unknown data."""

    def __init__(self, schema: Schema | None) -> None:
        self.schema = schema

    def read_test(self, expr: Expr) -> Expr:
        """Return a condition that is true where pandas' is, and false or missing elsewhere."""
        match expr:
            case Compare("!=", left, right):
                found = Compare("!=", self.read_value(left), self.read_value(right))
                return self._or_missing(found, found.left, found.right)
            case Compare(op, left, right):
                return Compare(op, self.read_value(left), self.read_value(right))
            case Bool(op, operands):
                return build_chain(op, *map(self.read_test, operands))
            case Not(operand):
                return self.read_opposite(operand)
            case IsIn(operand, values):
                return IsIn(self.read_value(operand), values)
        return self.read_value(expr)

    def read_opposite(self, expr: Expr) -> Expr:
        """Return a condition that is true where pandas' is false."""
        match expr:
            case Compare(op, left, right):
                found = Compare(OPPOSITES[op], self.read_value(left), self.read_value(right))
                return found if op == "!=" else self._or_missing(found, found.left, found.right)
            case Bool(op, operands):
                return build_chain(
                    "or" if op == "and" else "and", *map(self.read_opposite, operands)
                )
            case Not(operand):
                return self.read_test(operand)
            case IsIn(operand, values):
                inner = self.read_value(operand)
                return self._or_missing(Not(IsIn(inner, values)), inner)
        return Not(self.read_value(expr))

    def _or_missing(self, found: Expr, *operands: Expr) -> Expr:
        missing = [IsMissing(one) for one in operands if can_miss(one, self.schema)]
        return build_chain("or", *missing, found) if missing else found

    def read_value(self, expr: Expr) -> Expr:
        """Return an expression with the same value as pandas' in every row."""
        return transform(expr, self._change)

    def _change(self, node: Expr) -> Expr | None:
        match node:
            case Compare(op, left, right):
                sides = self.read_value(left), self.read_value(right)
                missing = [IsMissing(one) for one in sides if can_miss(one, self.schema)]
                found: Expr = Compare(op, *sides)
                if not missing:
                    return found
                if op == "!=":
                    return build_chain("or", *missing, found)
                return build_chain("and", *map(Not, missing), found)
            case IsIn(operand, values):
                inner = self.read_value(operand)
                found = IsIn(inner, values)
                missing_one = can_miss(inner, self.schema)
                return build_chain("and", Not(IsMissing(inner)), found) if missing_one else found
            case Case(branches, otherwise):
                pairs = ((self.read_test(test), self.read_value(value)) for test, value in branches)
                return Case(tuple(pairs), self.read_value(otherwise))
        return None
