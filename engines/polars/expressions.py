"""Polars expressions from the one tree, with the care that each column's facts ask for."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from ...errors import Unsupported
from ...spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
    columns,
    walk,
)
from ..pandas.expressions import can_be_missing
from ..writing.properties import Facts, makes_nan, nonzero
from ..writing.quote import literal, quote
from ..writing.steps import negated, substituted

ROW_FUNCTIONS = {
    "abs": "x.abs()",
    "int64": "x.cast(pl.Int64)",
    "sqrt": "x.sqrt()",
    "log": "x.log()",
    "log10": "x.log10()",
    "exp": "x.exp()",
    "floor": "x.floor()",
    "ceil": "x.ceil()",
    "round": "x.round()",
    "lower": "x.str.to_lowercase()",
    "upper": "x.str.to_uppercase()",
    "len": "x.str.len_chars()",
    "contains": "x.str.contains(y, literal=True)",
    "starts_with": "x.str.starts_with(y)",
    "year": "x.dt.year()",
    "month": "x.dt.month()",
    "day": "x.dt.day()",
}
HORIZONTAL = {"min": "pl.min_horizontal(*x)", "max": "pl.max_horizontal(*x)"}

# Functions whose results are integers of fewer than 64 bits, or without a sign.
NARROW_RESULTS = {"len", "year", "month", "day", "count", "size", "n_unique", "rank"}
TRUNCATED = {"year": "1y", "month": "1mo", "day": "1d", "hour": "1h"}

BOOLEAN = {"and": ast.BitAnd, "or": ast.BitOr}


def conditions(condition: Expr, rows: Rows) -> list[ast.expr]:
    """Return the conjuncts: `filter` takes several, and a missing one counts as not true."""
    if isinstance(condition, Bool) and condition.op == "and":
        return [expression(operand, rows=rows) for operand in condition.operands]
    return [expression(condition, rows=rows)]


def named(tree: ast.expr, name: str, root: str | None) -> ast.expr:
    """Rename an expression, unless Polars names it so already."""
    return tree if name == root else quote("x.alias(name)", x=tree, name=name)


def root(node: Expr) -> str | None:
    """Return the name Polars gives to an expression: that of its leftmost column."""
    match node:
        case Col(name):
            return name
        case Agg("size"):
            return "len"
        case Agg(_, arguments) | Call(_, arguments):
            return root(arguments[0])
        case Arith(_, left, _) | Compare(_, left, _):
            return root(left)
        case _:
            return None


def col(name: str) -> ast.expr:
    """Write a column."""
    return quote("pl.col(name)", name=name)


def is_narrow_result(node: Expr) -> bool:
    """Return whether the result has fewer than 64 bits, or no sign, whatever the columns have."""
    match node:
        case Call("min" | "max", arguments):
            return any(map(is_narrow_result, arguments))
        case Case(branches, otherwise):
            return any(map(is_narrow_result, (*(value for _, value in branches), otherwise)))
        case Call(function) | Agg(function):
            return function in NARROW_RESULTS
    return False


def _refuse(agg: Agg) -> ast.expr:
    raise Unsupported(f"{agg.function}()", "an aggregation has no meaning here")


@dataclass(frozen=True, slots=True)
class Rows:
    """What is known where a row function is written: facts, and the names of its variables."""

    facts: Facts
    names: frozenset[str] = frozenset()

    def wide(self, op: str, node: Expr, other: Expr, tree: ast.expr) -> ast.expr:
        """Widen an operand whose few bits could overflow."""
        if self.is_narrow(node):
            return quote("x.cast(pl.Int64)", x=tree)
        if isinstance(node, Agg) and node.function == "sum" and self._of_bools(node):
            return quote("x.cast(pl.Int64)", x=tree)
        known = isinstance(node, Col) and node.name not in self.names
        if known and self.facts.overflows(op, node, other):
            return quote("x.cast(pl.Int64)", x=tree)
        return tree

    def is_narrow(self, node: Expr) -> bool:
        """Return whether Polars gives an integer of fewer than 64 bits here."""
        bound = not self.names.isdisjoint(columns(node))
        return is_narrow_result(node) and (bound or self.facts.kind(node) == "int")

    def lacking(self, arguments: tuple[Expr, ...]) -> list[Expr]:
        """Return the arguments that may be missing."""
        return [a for a in arguments if self._may_miss(a)]

    def _may_miss(self, node: Expr) -> bool:
        if self.names.isdisjoint(columns(node)):
            return self.facts.may_miss(node)
        return can_be_missing(node, lambda n: n in self.names or self.facts.data[n].missing)

    def _of_bools(self, node: Agg) -> bool:
        return self.facts.kind(node.arguments[0]) == "bool"


def expression(
    node: Expr,
    aggregation: Callable[[Agg], ast.expr] = _refuse,
    rows: Rows | None = None,
) -> ast.expr:
    """Write an expression; `aggregation` writes what it aggregates.

    Unsupported for a function that Polars does not have.
    """

    def write(inner: Expr) -> ast.expr:
        return expression(inner, aggregation, rows)

    match node:
        case Col(name) if rows and name in rows.names:
            return quote(name)
        case Col(name):
            return col(name)
        case Lit(value):
            return literal(value)
        case Arith(op, left, right) if rows:
            x = rows.wide(op, left, right, write(left))
            if op == "**" and not nonzero(right):  # of NaN, the power 0 is 1
                x = without_nan(left, x)
            y = rows.wide(op, right, left, write(right))
            return _arithmetic(op, right, x, y)
        case Arith(op, left, right):
            return _arithmetic(op, right, write(left), write(right))
        case Neg(operand) if rows:
            return quote("-x", x=rows.wide("*", operand, operand, write(operand)))
        case Neg(operand):
            return quote("-x", x=write(operand))
        case Compare(op, left, right):
            x, y = (without_nan(side, write(side)) for side in (left, right))
            return quote(f"x {op} y", x=x, y=y)
        case IsMissing(operand):
            return quote("x.is_null()", x=without_nan(operand, write(operand)))
        case Not(IsMissing(operand)):
            return quote("x.is_not_null()", x=without_nan(operand, write(operand)))
        case IsIn(operand, values):
            return quote("x.is_in(v)", x=write(operand), v=[value.value for value in values])
        case Bool(op, operands):
            return _joined(op, [write(operand) for operand in operands])
        case Not(operand):
            opposite = negated(operand)
            if isinstance(opposite, Not):
                return quote("~x", x=write(operand))
            return write(opposite)
        case Call("min" | "max", arguments) if rows and (lacking := rows.lacking(arguments)):
            written = _call(node.function, [write(argument) for argument in arguments])
            tests = [without_nan(argument, write(argument)) for argument in lacking]
            test = _joined("or", [quote("x.is_null()", x=tree) for tree in tests])
            # Polars leaves missing values out of the extremes of a row.
            return quote("pl.when(t).then(None).otherwise(w)", t=test, w=written)
        case Call("truncate", (moment, Lit(str() as unit))):
            return quote("x.dt.truncate(u)", x=write(moment), u=TRUNCATED[unit])
        case Call(function, arguments):
            return _call(function, [write(argument) for argument in arguments])
        case Case(branches, otherwise):
            return _case([(write(c), write(v)) for c, v in branches], write(otherwise))
        case Let(name, value, body):
            return write(substituted(body, {name: value}))
        case Agg():
            return aggregation(node)
        case _:
            assert_never(node)


def _arithmetic(op: str, divisor: Expr, x: ast.expr, y: ast.expr) -> ast.expr:
    if _is_plain(x) and _is_plain(y):
        x = quote("pl.lit(x)", x=x)
    result = quote(f"x {op} y", x=x, y=y)
    if op in {"//", "%"} and divisor == Lit(0):
        return quote("pl.lit(None, pl.Float64)")
    if op == "//" and not isinstance(divisor, Lit):
        # Integers give null by zero; floats would give an infinity.
        return quote("pl.when(y != 0).then(r)", y=y, r=result)
    return result


def _is_plain(tree: ast.expr) -> bool:
    """Return whether Python itself would calculate this: no column is read in it."""
    plain = ast.Constant | ast.UnaryOp | ast.BinOp | ast.operator | ast.unaryop
    return all(isinstance(node, plain) for node in ast.walk(tree))


def _joined(op: str, operands: list[ast.expr]) -> ast.expr:
    tree = operands[0]
    for operand in operands[1:]:
        tree = ast.BinOp(tree, BOOLEAN[op](), operand)
    return tree


def _call(function: str, arguments: list[ast.expr]) -> ast.expr:
    if function in HORIZONTAL:
        return quote(HORIZONTAL[function], x=arguments)
    if function not in ROW_FUNCTIONS:
        raise Unsupported(f"{function}()", "no Polars expression is known for it")
    x, y = arguments[0], arguments[-1]
    if _is_plain(x):  # a plain value has no such methods
        x = quote("pl.lit(x)", x=x)
    if function == "round" and len(arguments) == 2:
        if not isinstance(arguments[1], ast.Constant):
            raise Unsupported("round() to tens", "Polars rounds behind the point alone")
        return quote("x.round(y)", x=x, y=y)
    return quote(ROW_FUNCTIONS[function], x=x, y=y)


def _case(branches: list[tuple[ast.expr, ast.expr]], otherwise: ast.expr) -> ast.expr:
    tree = quote("pl")
    for condition, value in branches:
        tree = quote("t.when(c).then(v)", t=tree, c=condition, v=_constant(value))
    return quote("t.otherwise(v)", t=tree, v=_constant(otherwise))


def _constant(tree: ast.expr) -> ast.expr:
    """Mark text as a value: Polars takes a bare string for a column's name."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return quote("pl.lit(x)", x=tree)
    return tree


def without_nan(node: Expr, tree: ast.expr) -> ast.expr:
    """Turn NaN into null where an expression can make one: Polars takes NaN as a large number."""
    return quote("x.fill_nan(None)", x=tree) if _makes_nan(node) else tree


def _makes_nan(node: Expr) -> bool:
    """Return whether this is NaN to Polars: where any engine's floats are, and of a remainder."""
    by_zero = any(isinstance(n, Arith) and n.op == "%" and not nonzero(n.right) for n in walk(node))
    return by_zero or makes_nan(node)
