"""Row functions as loops over arrays, as Numba compiles them: numbers in, a number out."""

from __future__ import annotations

import ast
import keyword
import textwrap
from dataclasses import dataclass, replace
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
from ...spec.workload import RowFunction
from .properties import Facts, makes_nan, nonzero
from .quote import literal, quote, source
from .steps import hoisted, negated, substituted

FUNCTIONS = {
    "abs": "abs(x)",
    "sqrt": "np.sqrt(x)",
    "log": "np.log(x)",
    "log10": "np.log10(x)",
    "exp": "np.exp(x)",
    "floor": "np.floor(x)",
    "ceil": "np.ceil(x)",
    "round": "np.rint(x)",
}
EXTREMES = {"min": "np.minimum(x, y)", "max": "np.maximum(x, y)"}
JOINS = {"and": ast.And, "or": ast.Or}
LOOP_NAMES = {"np", "i", "njit", "prange", "output", "data", "pd", "pa", "range", "len", "abs"}


def is_numeric(function: RowFunction, facts: Facts) -> bool:
    """Return whether Numba can run a row function: numbers in, a number out, nothing else asked."""
    assert function.body is not None
    body = function.body
    kinds = {facts.kind(Col(name)) for name in columns(body)} | {facts.kind(body)}
    calls = {node.function for node in walk(body) if isinstance(node, Call)}
    known = calls <= {*FUNCTIONS, *EXTREMES}
    single = all(
        len(n.arguments) == 1 or n.function in EXTREMES for n in walk(body) if isinstance(n, Call)
    )
    texts = any(isinstance(node, Lit) and isinstance(node.value, str) for node in walk(body))
    asked = function.on_missing == "call" and any(facts.may_miss(Col(n)) for n in columns(body))
    return kinds <= {"int", "float"} and known and single and not texts and not asked


def row_loop(function: RowFunction, facts: Facts) -> str:
    """Write a parallel loop: each pass writes its own element, so no two can meet."""
    assert function.body is not None
    writer = _writer(function.body)
    whole = is_whole(function, facts)
    names = list(writer.parameters.values())
    body = writer.statements(function.body, facts.guards(function.body))
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


def row_kernel(function: RowFunction, facts: Facts) -> str:
    """Write a generalised ufunc over the columns' arrays, typed as the schema says."""
    assert function.body is not None
    writer = _writer(function.body)
    result = "int64" if is_whole(function, facts) else "float64"
    types = [_element(name, facts) for name in writer.parameters]
    signature = f"void({', '.join(f'{kind}[:]' for kind in (*types, result))})"
    names = [*writer.parameters.values(), "output"]
    shape = f"{','.join('(n)' for _ in types)}->(n)"
    return "\n".join(
        [
            f'@guvectorize(["{signature}"], "{shape}")',
            f"def {loop_name(function)}({', '.join(names)}):",
            f"    for i in range(len({names[0]})):",
            textwrap.indent(writer.statements(function.body, facts.guards(function.body)), " " * 8),
        ]
    )


def is_whole(function: RowFunction, facts: Facts) -> bool:
    """Return whether every answer is an integer that is there."""
    assert function.body is not None
    missing = facts.may_miss(function.body) or facts.guards(function.body)
    return facts.kind(function.body) == "int" and not missing and not makes_nan(function.body)


def _writer(body: Expr) -> _RowWriter:
    return _RowWriter({name: _parameter(name, k) for k, name in enumerate(columns(body))})


def _element(name: str, facts: Facts) -> str:
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
        *columns(*([function.body] if function.body else [])),
    }
    return function.name if free and function.name not in taken else "each_row"


def _parameter(name: str, number: int) -> str:
    free = name.isidentifier() and not keyword.iskeyword(name) and name not in LOOP_NAMES
    return name if free else f"column_{number + 1}"


@dataclass(frozen=True, slots=True)
class _RowWriter:
    """Writes a row function's body over the elements of arrays."""

    parameters: dict[str, str]
    bound: frozenset[str] = frozenset()

    def statements(self, body: Expr, guards: tuple[str, ...]) -> str:
        """Write the assignment of one element, with the chain of conditions it hangs on."""
        lines, inner, writer = self._locals(body)
        tests = [f"np.isnan({self.parameters[name]}[i])" for name in guards]
        if not tests:
            return "\n".join([*lines, *writer.chain(inner, "if")])
        head = [f"if {' or '.join(tests)}:", "    output[i] = np.nan"]
        if not lines:
            return "\n".join([*head, *writer.chain(inner, "elif")])
        rest = textwrap.indent("\n".join([*lines, *writer.chain(inner, "if")]), "    ")
        return "\n".join([*head, "else:", rest])

    def chain(self, node: Expr, word: str) -> list[str]:
        """Write nested conditions as one chain."""
        lines = []
        while isinstance(node, Case):
            for condition, value in node.branches:
                lines += [f"{word} {source(self.expression(condition))}:", self._set(value)]
                word = "elif"
            node = node.otherwise
        if word == "if":
            return [self._set(node).strip()]
        return [*lines, "else:", self._set(node)]

    def expression(self, node: Expr) -> ast.expr:
        """Write an expression over the elements."""
        match node:
            case Col(name) if name in self.bound:
                return quote(name)
            case Col(name):
                return quote(f"{self.parameters[name]}[i]")
            case Lit(None):
                return quote("np.nan")
            case Lit(value):
                return literal(value)
            case Arith(op, left, right):
                return self._arithmetic(op, left, right)
            case Neg(operand):
                return quote("-x", x=self.expression(operand))
            case Compare(op, left, right):
                return quote(f"x {op} y", x=self.expression(left), y=self.expression(right))
            case IsMissing(operand):
                return quote("np.isnan(x)", x=self.expression(operand))
            case IsIn(operand, values):
                parts = [Compare("==", operand, v) for v in values if v.value is not None]
                return self.expression(Bool("or", tuple(parts)))
            case Bool(op, operands):
                return ast.BoolOp(JOINS[op](), [self.expression(operand) for operand in operands])
            case Not(operand):
                opposite = negated(operand)
                if isinstance(opposite, Not):
                    return quote("not x", x=self.expression(operand))
                return self.expression(opposite)
            case Call(function, arguments):
                return self._call(function, [self.expression(a) for a in arguments])
            case Case(branches, otherwise):
                tree = self.expression(otherwise)
                for condition, value in reversed(branches):
                    c, v = self.expression(condition), self.expression(value)
                    tree = ast.IfExp(c, v, tree)
                return tree
            case Let(name, value, body):
                return self.expression(substituted(body, {name: value}))
            case Agg(function):
                raise Unsupported(f"{function}()", "an aggregation has no meaning in a row")
            case _:
                assert_never(node)

    def _locals(self, body: Expr) -> tuple[list[str], Expr, _RowWriter]:
        """Write the named intermediates as local variables, where their names are free."""
        named, inner = hoisted(body)
        names = [output.name for output in named]
        taken = {*self.parameters, *self.parameters.values(), *LOOP_NAMES}
        if len(set(names)) < len(names) or set(names) & taken:
            return [], body, self
        lines, writer = [], self
        for output in named:
            lines.append(f"{output.name} = {source(writer.expression(output.expression))}")
            writer = replace(writer, bound=writer.bound | {output.name})
        return lines, inner, writer

    def _set(self, value: Expr) -> str:
        return f"    output[i] = {source(self.expression(value))}"

    def _arithmetic(self, op: str, left: Expr, right: Expr) -> ast.expr:
        x, y = self.expression(left), self.expression(right)
        tree = quote(f"x {op} y", x=x, y=y)
        if op in {"//", "%"} and not nonzero(right):
            return quote("r if y != 0 else np.nan", r=tree, y=y)
        return tree

    def _call(self, function: str, parts: list[ast.expr]) -> ast.expr:
        if function in FUNCTIONS:
            return quote(FUNCTIONS[function], x=parts[0])
        tree = parts[0]
        for part in parts[1:]:
            tree = quote(EXTREMES[function], x=tree, y=part)
        return tree
