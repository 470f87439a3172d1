"""Python itself: an expression over columns as the function of a row that a person would write."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from functools import reduce

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
    Lit,
    Value,
    list_children,
)
from ...spec.kinds import UNDEFINED
from ...spec.patterns import for_python
from ...spec.vocabulary import ROW_FUNCTIONS
from ...spec.workload import RowFunction
from . import numpy_words
from .dispatch import ExpressionWriter
from .properties import is_nonzero
from .quote import quote, write_literal

# Python raises outside of a function's domain; NumPy gives the NaN or infinity of a column.
FUNCTIONS = {
    **numpy_words.FUNCTIONS,
    "abs": "abs(x)",
    "clip": "min(max(x, y), z)",
    "coalesce": "y if pd.isna(x) else x",
    "map": "d.get(x, y)",
    "round": "np.round(x)",
    "lower": "x.lower()",
    "upper": "x.upper()",
    "strip": "x.strip()",
    "len": "len(x)",
    "count_words": "len(x.split())",
    "contains": "y in x",
    "starts_with": "x.startswith(y)",
    "ends_with": "x.endswith(y)",
    "is_numeric": "re.fullmatch('[0-9]+', x) is not None",
    "matches": "re.search(y, x) is not None",
    "extract": "m[z] if (m := re.search(y, x)) else None",
    "replace": "x.replace(y, z)",
    "split": "next(iter(x.split(y)[z:]), None)",
    "slice": "x[y:z]",
    "zfill": "x.zfill(y)",
    "concat": "x + y",
    "text": "str(x)",
    "year": "x.year",
    "month": "x.month",
    "day": "x.day",
    "hour": "x.hour",
    "minute": "x.minute",
    "second": "x.second",
    "weekday": "x.weekday()",
    "day_of_year": "x.timetuple().tm_yday",
    "week": "x.isocalendar()[1]",
    "quarter": "(x.month + 2) // 3",
    "date": "x.date()",
    "days": "(x - y).days",
    "hours": "(x - y) // datetime.timedelta(hours=1)",
    "minutes": "(x - y) // datetime.timedelta(minutes=1)",
    "seconds": "(x - y) // datetime.timedelta(seconds=1)",
    "offset": "x + datetime.timedelta(**o)",
    "min": "min(*x)",
    "max": "max(*x)",
}
UNSUPPORTED = {
    "truncate": "Python's dates have no such method",
    "parse": "Python's strptime gives a time, and never a day",
    "integer": "Python's int raises where a text is not a number",
    "number": "Python's float raises where a text is not a number",
}
# The first and the last of the parts between separators are always there.
FIRST_OR_LAST = "x.split(y)[z]"
JOINS = {"and": ast.And, "or": ast.Or}


def write_row_definition(function: RowFunction) -> str:
    """Write the `def` of a row function that was given as an expression."""
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    body = "\n".join(RowWriter(function.parameter).write_statements(function.body))
    head = f"def {function.name}({function.parameter}):"
    return f"{head}\n{textwrap.indent(body, '    ')}"


@dataclass(frozen=True, slots=True)
class RowWriter(ExpressionWriter[ast.expr]):
    """Writes expressions over the values of one row, which is called `row`."""

    row: str

    def write_statements(self, node: Expr) -> list[str]:
        """Write the body of a function: a chain of conditions as statements."""
        if not isinstance(node, Case) or len(node.branches) == 1:
            return [f"return {self._write_text(node)}"]
        lines = []
        for condition, value in node.branches:
            lines += [f"if {self._write_text(condition)}:", f"    return {self._write_text(value)}"]
        return [*lines, f"return {self._write_text(node.otherwise)}"]

    def _write_text(self, node: Expr) -> str:
        return ast.unparse(self.write_expression(node))

    def write_column(self, name: str) -> ast.expr:
        """Write a value of the row."""
        return quote("x[n]", x=quote(self.row), n=name)

    def write_constant(self, value: Value) -> ast.expr:
        """Write a constant."""
        return write_literal(value)

    def write_arithmetic(self, node: Arith) -> ast.expr:
        """Write arithmetic; a division by zero gives what it gives a column."""
        x, y = self.write_expression(node.left), self.write_expression(node.right)
        if node.op == "**" and node.right == Lit(0) and makes_missing(node.left):
            # Of NaN, the power 0 is 1.
            return quote("x ** 0 if x == x else np.nan", x=x)
        if node.op not in {"/", "//", "%"} or is_nonzero(node.right):
            return quote(f"x {node.op} y", x=x, y=y)
        if node.op == "/":
            # By zero: an infinity with the sign of x, or NaN.
            return quote("x / y if y else x * np.inf", x=x, y=y)
        return quote(f"x {node.op} y if y else np.nan", x=x, y=y)

    def write_negative(self, operand: Expr) -> ast.expr:
        """Write a number with the other sign."""
        return quote("-x", x=self.write_expression(operand))

    def write_comparison(self, node: Compare) -> ast.expr:
        """Write a comparison, which is false for NaN."""
        x, y = self.write_expression(node.left), self.write_expression(node.right)
        if node.op == "!=" and (makes_missing(node.left) or makes_missing(node.right)):
            # Python's NaN differs from everything, and the language's missing value from nothing.
            return quote("x < y or x > y", x=x, y=y)
        return quote(f"x {node.op} y", x=x, y=y)

    def is_missing(self, operand: Expr) -> ast.expr:
        """Write the test for a missing value."""
        return quote("pd.isna(x)", x=self.write_expression(operand))

    def write_membership(self, node: IsIn) -> ast.expr:
        """Write the test for one of several constants."""
        values = tuple(v.value for v in node.values)
        return quote("x in v", x=self.write_expression(node.operand), v=values)

    def write_junction(self, node: Bool) -> ast.expr:
        """Write a chain of `and` or of `or`."""
        return ast.BoolOp(JOINS[node.op](), list(map(self.write_expression, node.operands)))

    def write_opposite(self, operand: Expr) -> ast.expr:
        """Write the opposite of a condition."""
        return quote("not x", x=self.write_expression(operand))

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        function, arguments = node.function, list(map(self.write_expression, node.arguments))
        if function in {"min", "max"} and any(map(makes_missing, node.arguments)):
            # Python's own leave NaN out, or not, by the order of the arguments.
            tree = arguments[0]
            for argument in arguments[1:]:
                tree = quote(f"np.{function}imum(x, y)", x=tree, y=argument)
            return tree
        if function in {"min", "max"}:
            return quote(FUNCTIONS[function], x=arguments)
        if function in UNSUPPORTED:
            raise Unsupported(f"{function}()", UNSUPPORTED[function])
        template = FUNCTIONS[function]
        if function == "map":
            value, default, *pairs = arguments
            table = ast.Dict([*pairs[::2]], [*pairs[1::2]])
            return quote(template, x=value, d=table, y=default)
        if ROW_FUNCTIONS[function].most is None:
            return reduce(lambda x, y: quote(template, x=x, y=y), arguments)
        match node:
            case Call("round", (_, _)):
                template = "np.round(x, y)"
            case Call("matches" | "extract", (_, Lit(str(pattern)), *_)):
                arguments[1] = write_literal(for_python(pattern))
            case Call("offset", (_, Lit(int(count)), Lit(str(unit)))):
                return quote(template, x=arguments[0], o={unit: count})
            case Call("split", (_, separator, place)):
                template = self._split(separator, place)
        x, y, z = (*arguments, write_literal(None), write_literal(None))[:3]
        return quote(template, x=x, y=y, z=z)

    def _split(self, separator: Expr, place: Expr) -> str:
        match separator, place:
            case Lit(str()), Lit(0 | -1):
                return FIRST_OR_LAST
            case _, Lit(int(at)) if at < -1:
                raise Unsupported(f"split()[{at}]", "Python raises where there are fewer parts")
        return FUNCTIONS["split"]

    def cast(self, node: Cast) -> ast.expr:
        """Write an integer of NumPy's as Python's, which has no width."""
        return quote("int(x)", x=self.write_expression(node.operand))

    def write_case(self, node: Case) -> ast.expr:
        """Write the value of the first condition that is true."""
        tree = self.write_expression(node.otherwise)
        for condition, value in reversed(node.branches):
            c, v = self.write_expression(condition), self.write_expression(value)
            tree = quote("v if c else o", v=v, c=c, o=tree)
        return tree


def makes_missing(node: Expr) -> bool:
    """Return whether arithmetic on numbers that are there may give none."""
    match node:
        case Arith("/" | "//" | "%", _, right) if not is_nonzero(right):
            return True
        case Call(function) if function in UNDEFINED:
            return True
        case _:
            return any(map(makes_missing, list_children(node)))
