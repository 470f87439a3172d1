"""Row functions as loops over arrays, as Numba compiles them: numbers in, a number out."""

from __future__ import annotations

import ast
import keyword
import textwrap
from collections.abc import Collection
from dataclasses import dataclass, replace

from ...errors import Unsupported
from ...spec.expression import (
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Col,
    Compare,
    Expr,
    IsIn,
    Lit,
    Not,
    Value,
    list_columns,
    walk,
)
from ...spec.kinds import with_column
from ...spec.vocabulary import RESOLVED, ROW_FUNCTIONS
from ...spec.workload import RowFunction
from . import numpy_words
from .dispatch import ExpressionWriter
from .properties import Facts
from .quote import quote, to_source, write_literal
from .steps import hoist, map_as_case, negate

FUNCTIONS = {
    **numpy_words.FUNCTIONS,
    "abs": "abs(x)",
    "clip": "min(max(x, y), z)",
    "coalesce": "y if np.isnan(x) else x",
    "map": "v if c else o",
    "round": "np.rint(x)",
    "min": "np.minimum(x, y)",
    "max": "np.maximum(x, y)",
}
NUMBERS_ONLY = "a compiled loop takes and returns numbers"
# What takes a text or a date, or gives one.
UNSUPPORTED = {
    name: NUMBERS_ONLY
    for name, function in ROW_FUNCTIONS.items()
    if function.takes not in {"number", "ordered"}
    and function.gives != "common"
    and name not in RESOLVED
}
JOINS = {"and": ast.And, "or": ast.Or}
LOOP_NAMES = {"np", "i", "njit", "prange", "output", "data", "pd", "pa", "range", "len", "abs"}


def is_numeric(function: RowFunction, facts: Facts) -> bool:
    """Return whether Numba can run a row function: numbers in, a number out, nothing else asked."""
    assert function.body is not None
    body = function.body
    kinds = {facts.find_kind(Col(name)) for name in list_columns(body)} | {facts.find_kind(body)}
    calls = {node.function for node in walk(body) if isinstance(node, Call)}
    known = calls <= {*FUNCTIONS} and not any(isinstance(n, Cast) for n in walk(body))
    single = all(
        len(n.arguments) == 1 or n.function != "round" for n in walk(body) if isinstance(n, Call)
    )
    texts = any(isinstance(node, Lit) and isinstance(node.value, str) for node in walk(body))
    asked = function.on_missing == "call" and any(
        facts.may_miss(Col(n)) for n in list_columns(body)
    )
    return kinds <= {"int", "float"} and known and single and not texts and not asked


def build_row_loop(function: RowFunction, facts: Facts, made: Collection[str] = ()) -> str:
    """Write a parallel loop: each pass writes its own element, so no two can meet.

    Columns that are `made` for it are no inputs: a row without their value is not skipped.
    """
    assert function.body is not None
    writer = _make_writer(function.body, facts, made)
    whole = is_integer(function, facts)
    names = list(writer.parameters.values())
    guards = tuple(name for name in facts.list_guards(function.body) if name not in made)
    body = writer.write_statements(function.body, guards)
    # Python's division raises by zero, and a parallel loop must not.
    divides = any(isinstance(n, Arith) and n.op in {"/", "//", "%"} for n in walk(function.body))
    model = ', error_model="numpy"' if divides else ""
    return "\n".join(
        [
            f"@njit(parallel=True{model})",
            f"def {loop_name(function)}({', '.join(names)}):",
            f"    output = np.empty(len({names[0]}){', np.int64' if whole else ''})",
            f"    for i in prange(len({names[0]})):",
            textwrap.indent(body, "        "),
            "    return output",
        ]
    )


def write_row_kernel(function: RowFunction, facts: Facts) -> str:
    """Write a generalised ufunc over the columns' arrays, typed as the schema says."""
    assert function.body is not None
    writer = _make_writer(function.body, facts)
    result = "int64" if is_integer(function, facts) else "float64"
    types = [_write_element(name, facts) for name in writer.parameters]
    signature = f"void({', '.join(f'{kind}[:]' for kind in (*types, result))})"
    names = [*writer.parameters.values(), "output"]
    shape = f"{','.join('(n)' for _ in types)}->(n)"
    return "\n".join(
        [
            f'@guvectorize(["{signature}"], "{shape}")',
            f"def {loop_name(function)}({', '.join(names)}):",
            f"    for i in range(len({names[0]})):",
            textwrap.indent(
                writer.write_statements(function.body, facts.list_guards(function.body)), " " * 8
            ),
        ]
    )


def is_integer(function: RowFunction, facts: Facts) -> bool:
    """Return whether every answer is an integer that is there."""
    assert function.body is not None
    missing = facts.may_miss(function.body) or facts.list_guards(function.body)
    return (
        facts.find_kind(function.body) == "int"
        and not missing
        and not facts.makes_nan(function.body)
    )


def _make_writer(body: Expr, facts: Facts, made: Collection[str] = ()) -> _RowWriter:
    """Return the writer of rows whose inputs are there: of others, the answer is missing."""
    names = {name: _write_parameter(name, k) for k, name in enumerate(list_columns(body))}
    columns = tuple(
        column if column.name in made else replace(column, nulls=False, nans=False)
        for column in facts.data.columns
    )
    return _RowWriter(names, replace(facts, data=replace(facts.data, columns=columns)))


def _write_element(name: str, facts: Facts) -> str:
    """Return the type of a column's elements; integers with missing values are floats."""
    column = facts.data[name]
    if column.kind == "float" or column.missing:
        return "float64" if column.arrow != "float" else "float32"
    return column.arrow


def loop_name(function: RowFunction) -> str:
    """Return the compiled function the user's name, where it is free."""
    free = function.name.isidentifier() and not keyword.iskeyword(function.name)
    taken = {
        *LOOP_NAMES,
        "load",
        "query",
        "rows",
        *list_columns(*([function.body] if function.body else [])),
    }
    return function.name if free and function.name not in taken else "each_row"


def _write_parameter(name: str, number: int) -> str:
    free = name.isidentifier() and not keyword.iskeyword(name) and name not in LOOP_NAMES
    return name if free else f"column_{number + 1}"


@dataclass(frozen=True, slots=True)
class _RowWriter(ExpressionWriter[ast.expr]):
    """Writes a row function's body over the elements of arrays."""

    parameters: dict[str, str]
    facts: Facts
    bound: frozenset[str] = frozenset()

    def write_statements(self, body: Expr, guards: tuple[str, ...]) -> str:
        """Write the assignment of one element, with the chain of conditions it hangs on."""
        lines, inner, writer = self._write_locals(body)
        tests = [f"np.isnan({self.parameters[name]}[i])" for name in guards]
        if not tests:
            return "\n".join([*lines, *writer.write_chain(inner, "if")])
        head = [f"if {' or '.join(tests)}:", "    output[i] = np.nan"]
        if not lines:
            return "\n".join([*head, *writer.write_chain(inner, "elif")])
        rest = textwrap.indent("\n".join([*lines, *writer.write_chain(inner, "if")]), "    ")
        return "\n".join([*head, "else:", rest])

    def write_chain(self, node: Expr, word: str) -> list[str]:
        """Write nested conditions as one chain."""
        lines = []
        while isinstance(node, Case):
            for condition, value in node.branches:
                lines += [
                    f"{word} {to_source(self.write_expression(condition))}:",
                    self._set(value),
                ]
                word = "elif"
            node = node.otherwise
        if word == "if":
            return [self._set(node).strip()]
        return [*lines, "else:", self._set(node)]

    def write_column(self, name: str) -> ast.expr:
        """Write an element of an array, or a local variable."""
        return quote(name) if name in self.bound else quote(f"{self.parameters[name]}[i]")

    def write_constant(self, value: Value) -> ast.expr:
        """Write a constant; what is missing is NaN."""
        return quote("np.nan") if value is None else write_literal(value)

    def write_arithmetic(self, node: Arith) -> ast.expr:
        """Write arithmetic; a remainder by zero is NaN."""
        x, y = self.write_expression(node.left), self.write_expression(node.right)
        tree = quote(f"x {node.op} y", x=x, y=y)
        known = not self.bound.intersection(list_columns(node.right))
        if node.op in {"//", "%"} and not (known and self.facts.is_nonzero(node.right)):
            return quote("r if y != 0 else np.nan", r=tree, y=y)
        return tree

    def write_negative(self, operand: Expr) -> ast.expr:
        """Write a number with the other sign."""
        return quote("-x", x=self.write_expression(operand))

    def cast(self, node: Cast) -> ast.expr:
        """Write a number in another type."""
        return quote(f"np.{node.type}(x)", x=self.write_expression(node.operand))

    def write_comparison(self, node: Compare) -> ast.expr:
        """Write a comparison."""
        x, y = self.write_expression(node.left), self.write_expression(node.right)
        tree = quote(f"x {node.op} y", x=x, y=y)
        # NaN differs from every number; all other comparisons with it are false.
        return self._require(tree, node.left, node.right) if node.op == "!=" else tree

    def is_missing(self, operand: Expr) -> ast.expr:
        """Write the test for a missing value."""
        return quote("np.isnan(x)", x=self.write_expression(operand))

    def write_membership(self, node: IsIn) -> ast.expr:
        """Write the comparisons with several constants."""
        values = (v for v in node.values if v.value is not None)
        return self.write_junction(
            Bool("or", tuple(Compare("==", node.operand, v) for v in values))
        )

    def write_junction(self, node: Bool) -> ast.expr:
        """Write a chain of `and` or of `or`."""
        return ast.BoolOp(JOINS[node.op](), list(map(self.write_expression, node.operands)))

    def write_opposite(self, operand: Expr) -> ast.expr:
        """Write the opposite of a condition."""
        opposite = negate(operand)
        if not isinstance(opposite, Not):
            return self.write_expression(opposite)
        tree = quote("not x", x=self.write_expression(operand))
        return self._require(tree, operand.operand) if isinstance(operand, IsIn) else tree

    def _require(self, condition: ast.expr, *values: Expr) -> ast.expr:
        """Write a condition that also asks for values which may be NaN."""
        unsure = [v for v in values if self.facts.may_miss(v) or self.facts.makes_nan(v)]
        tests = [quote("not np.isnan(x)", x=self.write_expression(value)) for value in unsure]
        return ast.BoolOp(ast.And(), [*tests, condition]) if tests else condition

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        if node.function == "map":
            return self.write_expression(map_as_case(node))
        tree, *others = map(self.write_expression, node.arguments)
        if node.function in UNSUPPORTED:
            raise Unsupported(f"{node.function}()", UNSUPPORTED[node.function])
        template = FUNCTIONS[node.function]
        if not others:
            return quote(template, x=tree)
        if node.function == "clip":
            return quote(template, x=tree, y=others[0], z=others[1])
        for other in others:
            tree = quote(template, x=tree, y=other)
        return tree

    def write_case(self, node: Case) -> ast.expr:
        """Write the value of the first condition that is true."""
        tree = self.write_expression(node.otherwise)
        for condition, value in reversed(node.branches):
            tree = ast.IfExp(self.write_expression(condition), self.write_expression(value), tree)
        return tree

    def _write_locals(self, body: Expr) -> tuple[list[str], Expr, _RowWriter]:
        """Write the named intermediates as local variables, where their names are free."""
        named, inner = hoist(body)
        names = [output.name for output in named]
        taken = {*self.parameters, *self.parameters.values(), *LOOP_NAMES}
        if len(set(names)) < len(names) or set(names) & taken:
            return [], body, self
        lines, writer = [], self
        for output in named:
            lines.append(f"{output.name} = {to_source(writer.write_expression(output.expression))}")
            known = with_column(writer.facts.data, output.name, output.expression)
            facts = replace(writer.facts, data=known)
            writer = replace(writer, bound=writer.bound | {output.name}, facts=facts)
        return lines, inner, writer

    def _set(self, value: Expr) -> str:
        return f"    output[i] = {to_source(self.write_expression(value))}"
