"""Python itself: an expression over columns as the function of a row that a person would write."""

from __future__ import annotations

import ast
import textwrap
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
    children,
)
from ...spec.workload import RowFunction
from .properties import nonzero
from .quote import literal, quote
from .steps import substituted

# Python raises outside of a function's domain; NumPy gives the NaN or infinity of a column.
FUNCTIONS = {
    "abs": "abs(x)",
    "int64": "int(x)",
    "sqrt": "np.sqrt(x)",
    "log": "np.log(x)",
    "log10": "np.log10(x)",
    "exp": "np.exp(x)",
    "floor": "np.floor(x)",
    "ceil": "np.ceil(x)",
    "round": "np.round(x)",
    "lower": "x.lower()",
    "upper": "x.upper()",
    "len": "len(x)",
    "contains": "y in x",
    "starts_with": "x.startswith(y)",
    "year": "x.year",
    "month": "x.month",
    "day": "x.day",
}
VARIADIC = {"min": "min(*x)", "max": "max(*x)"}
JOINS = {"and": ast.And, "or": ast.Or}


def row_definition(function: RowFunction) -> str:
    """Write the `def` of a row function that was given as an expression."""
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    body = "\n".join(_statements(function.body, function.parameter))
    head = f"def {function.name}({function.parameter}):"
    return f"{head}\n{textwrap.indent(body, '    ')}"


def _statements(node: Expr, row: str) -> list[str]:
    match node:
        case Case(branches, otherwise) if len(branches) > 1:
            lines = []
            for condition, value in branches:
                lines.append(f"if {ast.unparse(_value(condition, row))}:")
                lines.append(f"    return {ast.unparse(_value(value, row))}")
            return [*lines, f"return {ast.unparse(_value(otherwise, row))}"]
        case _:
            return [f"return {ast.unparse(_value(node, row))}"]


def _value(node: Expr, row: str) -> ast.expr:
    def write(inner: Expr) -> ast.expr:
        return _value(inner, row)

    match node:
        case Col(name):
            return quote("x[n]", x=quote(row), n=name)
        case Lit(value):
            return literal(value)
        case Arith(op, _, right):
            return _arithmetic(op, right, write(node.left), write(right))
        case Neg(operand):
            return quote("-x", x=write(operand))
        case Compare("!=", left, right) if makes_missing(left) or makes_missing(right):
            # What is missing differs from nothing, and a NaN does from everything.
            return quote("x < y or x > y", x=write(left), y=write(right))
        case Compare(op, left, right):
            return quote(f"x {op} y", x=write(left), y=write(right))
        case IsMissing(operand):
            return quote("pd.isna(x)", x=write(operand))
        case IsIn(operand, values):
            return quote("x in v", x=write(operand), v=tuple(v.value for v in values))
        case Bool(op, operands):
            return ast.BoolOp(JOINS[op](), [write(operand) for operand in operands])
        case Not(operand):
            return quote("not x", x=write(operand))
        case Call("min" | "max" as function, arguments) if any(map(makes_missing, arguments)):
            # Python's own leave NaN out, or not, by the order of the arguments.
            tree = write(arguments[0])
            for argument in arguments[1:]:
                tree = quote(f"np.{function}imum(x, y)", x=tree, y=write(argument))
            return tree
        case Call(function, arguments):
            return _call(function, [write(argument) for argument in arguments])
        case Case(branches, otherwise):
            tree = write(otherwise)
            for condition, value in reversed(branches):
                tree = quote("v if c else o", v=write(value), c=write(condition), o=tree)
            return tree
        case Let(name, value, body):
            return write(substituted(body, {name: value}))
        case Agg(function, _):
            raise Unsupported(f"{function}()", "an aggregation has no meaning in a row")
        case _:
            assert_never(node)


def makes_missing(node: Expr) -> bool:
    """Return whether arithmetic on numbers that are there may give none."""
    match node:
        case Arith("/" | "//" | "%", _, right) if not nonzero(right):
            return True
        case Call("sqrt" | "log" | "log10"):
            return True
        case _:
            return any(map(makes_missing, children(node)))


def _arithmetic(op: str, divisor: Expr, x: ast.expr, y: ast.expr) -> ast.expr:
    if op in {"/", "//", "%"} and not nonzero(divisor):
        if op == "/":
            # By zero: an infinity with the sign of x, or NaN.
            return quote("x / y if y else x * np.inf", x=x, y=y)
        return quote(f"x {op} y if y else np.nan", x=x, y=y)
    return quote(f"x {op} y", x=x, y=y)


def _call(function: str, arguments: list[ast.expr]) -> ast.expr:
    if function in VARIADIC:
        return quote(VARIADIC[function], x=arguments)
    if function == "round" and len(arguments) == 2:
        return quote("np.round(x, y)", x=arguments[0], y=arguments[1])
    if function not in FUNCTIONS:
        raise Unsupported(f"{function}()", "no word of Python is known for it")
    return quote(FUNCTIONS[function], x=arguments[0], y=arguments[-1])
