"""Python itself: an expression over columns as the function of a row that a person would write."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

from ...errors import Unsupported
from ...spec.expression import (
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Compare,
    Expr,
    IsIn,
    Value,
    children,
)
from ...spec.workload import RowFunction
from .dispatch import ExpressionWriter
from .properties import is_nonzero
from .quote import literal, quote

# Python raises outside of a function's domain; NumPy gives the NaN or infinity of a column.
FUNCTIONS = {
    "abs": "abs(x)",
    "sqrt": "np.sqrt(x)",
    "log": "np.log(x)",
    "log10": "np.log10(x)",
    "exp": "np.exp(x)",
    "floor": "np.floor(x)",
    "ceil": "np.ceil(x)",
    "round": "np.round(x)",
    "lower": "x.lower()",
    "len": "len(x)",
    "contains": "y in x",
    "starts_with": "x.startswith(y)",
    "year": "x.year",
    "month": "x.month",
    "day": "x.day",
    "min": "min(*x)",
    "max": "max(*x)",
}
UNSUPPORTED = {"truncate": "Python's dates have no such method"}
JOINS = {"and": ast.And, "or": ast.Or}


def row_definition(function: RowFunction) -> str:
    """Write the `def` of a row function that was given as an expression."""
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    body = "\n".join(RowWriter(function.parameter).statements(function.body))
    head = f"def {function.name}({function.parameter}):"
    return f"{head}\n{textwrap.indent(body, '    ')}"


@dataclass(frozen=True, slots=True)
class RowWriter(ExpressionWriter[ast.expr]):
    """Writes expressions over the values of one row, which is called `row`."""

    row: str

    def statements(self, node: Expr) -> list[str]:
        """Write the body of a function: a chain of conditions as statements."""
        if not isinstance(node, Case) or len(node.branches) == 1:
            return [f"return {self._text(node)}"]
        lines = []
        for condition, value in node.branches:
            lines += [f"if {self._text(condition)}:", f"    return {self._text(value)}"]
        return [*lines, f"return {self._text(node.otherwise)}"]

    def _text(self, node: Expr) -> str:
        return ast.unparse(self.expression(node))

    def column(self, name: str) -> ast.expr:
        """Write a value of the row."""
        return quote("x[n]", x=quote(self.row), n=name)

    def constant(self, value: Value) -> ast.expr:
        """Write a constant."""
        return literal(value)

    def arithmetic(self, node: Arith) -> ast.expr:
        """Write arithmetic; a division by zero gives what it gives a column."""
        x, y = self.expression(node.left), self.expression(node.right)
        if node.op not in {"/", "//", "%"} or is_nonzero(node.right):
            return quote(f"x {node.op} y", x=x, y=y)
        if node.op == "/":
            # By zero: an infinity with the sign of x, or NaN.
            return quote("x / y if y else x * np.inf", x=x, y=y)
        return quote(f"x {node.op} y if y else np.nan", x=x, y=y)

    def negative(self, operand: Expr) -> ast.expr:
        """Write a number with the other sign."""
        return quote("-x", x=self.expression(operand))

    def comparison(self, node: Compare) -> ast.expr:
        """Write a comparison, which is false for NaN."""
        x, y = self.expression(node.left), self.expression(node.right)
        if node.op == "!=" and (makes_missing(node.left) or makes_missing(node.right)):
            # Python's NaN differs from everything, and the language's missing value from nothing.
            return quote("x < y or x > y", x=x, y=y)
        return quote(f"x {node.op} y", x=x, y=y)

    def is_missing(self, operand: Expr) -> ast.expr:
        """Write the test for a missing value."""
        return quote("pd.isna(x)", x=self.expression(operand))

    def membership(self, node: IsIn) -> ast.expr:
        """Write the test for one of several constants."""
        values = tuple(v.value for v in node.values)
        return quote("x in v", x=self.expression(node.operand), v=values)

    def junction(self, node: Bool) -> ast.expr:
        """Write a chain of `and` or of `or`."""
        return ast.BoolOp(JOINS[node.op](), list(map(self.expression, node.operands)))

    def opposite(self, operand: Expr) -> ast.expr:
        """Write the opposite of a condition."""
        return quote("not x", x=self.expression(operand))

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        function, arguments = node.function, list(map(self.expression, node.arguments))
        if function in {"min", "max"} and any(map(makes_missing, node.arguments)):
            # Python's own leave NaN out, or not, by the order of the arguments.
            tree = arguments[0]
            for argument in arguments[1:]:
                tree = quote(f"np.{function}imum(x, y)", x=tree, y=argument)
            return tree
        if function in {"min", "max"}:
            return quote(FUNCTIONS[function], x=arguments)
        if function == "round" and len(arguments) == 2:
            return quote("np.round(x, y)", x=arguments[0], y=arguments[1])
        if function in UNSUPPORTED:
            raise Unsupported(f"{function}()", UNSUPPORTED[function])
        return quote(FUNCTIONS[function], x=arguments[0], y=arguments[-1])

    def cast(self, node: Cast) -> ast.expr:
        """Write an integer of NumPy's as Python's, which has no width."""
        return quote("int(x)", x=self.expression(node.operand))

    def case(self, node: Case) -> ast.expr:
        """Write the value of the first condition that is true."""
        tree = self.expression(node.otherwise)
        for condition, value in reversed(node.branches):
            c, v = self.expression(condition), self.expression(value)
            tree = quote("v if c else o", v=v, c=c, o=tree)
        return tree


def makes_missing(node: Expr) -> bool:
    """Return whether arithmetic on numbers that are there may give none."""
    match node:
        case Arith("/" | "//" | "%", _, right) if not is_nonzero(right):
            return True
        case Call("sqrt" | "log" | "log10"):
            return True
        case _:
            return any(map(makes_missing, children(node)))
