"""datatable expressions from the one tree: for their value, and where they surely hold."""

from __future__ import annotations

import ast
import datetime as dt
import re
import unicodedata
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
)
from ...spec.vocabulary import UNITS
from ..writing.properties import Facts, makes_double, nonzero
from ..writing.quote import literal, quote
from ..writing.steps import negated, substituted

FUNCTIONS = {
    "abs": "dt.math.abs(x)",
    "int64": "dt.as_type(x, dt.int64)",
    "sqrt": "dt.math.sqrt(x)",
    "log": "dt.math.log(x)",
    "log10": "dt.math.log10(x)",
    "exp": "dt.math.exp(x)",
    "floor": "dt.math.floor(x)",
    "ceil": "dt.math.ceil(x)",
    "len": "dt.str.len(x)",
    "year": "dt.time.year(x)",
    "month": "dt.time.month(x)",
    "day": "dt.time.day(x)",
    "min": "dt.rowmin(*x)",
    "max": "dt.rowmax(*x)",
}
DATED = {"year", "month", "day", "truncate"}
PATTERNS = {"contains": ".*{}.*", "starts_with": "{}.*"}
BOOLEAN = {"and": ast.BitAnd, "or": ast.BitOr}


def _refuse(agg: Agg) -> ast.expr:
    raise Unsupported(f"{agg.function}()", "an aggregation has no meaning here")


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes expressions; in datatable a comparison with a missing value is False, `!=` True."""

    facts: Facts
    aggregation: Callable[[Agg], ast.expr] = _refuse

    def value(self, node: Expr) -> ast.expr:
        """Write an expression for its value, missing where the language says so."""
        match node:
            case Col(name):
                return f(name)
            case Lit(dt.datetime() | dt.date() as value):
                return _moment(value)
            case Lit(value):
                return literal(value)
            case Arith(op, left, right):
                return self._arithmetic(op, left, right)
            case Neg(operand):
                return quote("-x", x=self.value(operand))
            case Compare() | Bool() | Not() | IsIn():
                return self._three_valued(node)
            case IsMissing():
                return self.condition(node)
            case Call(function, arguments):
                return self._call(function, arguments)
            case Case(branches, otherwise):
                return self._case(branches, otherwise)
            case Let(name, value, body):
                return self.value(substituted(body, {name: value}))
            case Agg():
                return self.aggregation(node)
            case _:
                assert_never(node)

    def condition(self, node: Expr) -> ast.expr:
        """Write a condition that is True where it surely holds, and False elsewhere."""
        match node:
            case Compare(op, left, right):
                return self._comparison(op, left, right)
            case IsMissing(operand):
                return quote("x == None", x=self.value(operand))
            case Not(IsMissing(operand)):
                return quote("x != None", x=self.value(operand))
            case IsIn(operand, values):
                return joined("or", [self._comparison("==", operand, v) for v in _given(values)])
            case Not(IsIn(operand, values)):
                return self._not_in(operand, values)
            case Bool(op, operands):
                return joined(op, [self.condition(operand) for operand in operands])
            case Not(operand):
                return self._opposite(operand)
            case _:
                tree = self.value(node)
                return quote("x == True", x=tree) if self.facts.may_miss(node) else tree

    def _three_valued(self, node: Expr) -> ast.expr:
        if not self.facts.may_miss(node):
            return self.condition(node)
        holds, fails = self.condition(node), self.condition(negated(node))
        return quote("ifelse(a, True, b, False, None)", a=holds, b=fails)

    def _comparison(self, op: str, left: Expr, right: Expr) -> ast.expr:
        tree = quote(f"x {op} y", x=self.value(left), y=self.value(right))
        missing = [side for side in (left, right) if self.facts.may_miss(side)]
        if op == "!=":
            return self._present(tree, missing)
        # Of two missing values, neither is the smaller or the larger, but they equal each other.
        both = "=" in op and len(missing) == 2
        return self._present(tree, missing[:1]) if both else tree

    def _not_in(self, operand: Expr, values: tuple[Lit, ...]) -> ast.expr:
        x = self.value(operand)
        parts = [quote("x != v", x=x, v=self.value(value)) for value in _given(values)]
        tree = joined("and", parts)
        return self._present(tree, [operand] if self.facts.may_miss(operand) else [])

    def _present(self, tree: ast.expr, nodes: list[Expr]) -> ast.expr:
        parts = [quote("x != None", x=self.value(node)) for node in nodes]
        return joined("and", [tree, *parts])

    def _opposite(self, operand: Expr) -> ast.expr:
        opposite = negated(operand)
        if not isinstance(opposite, Not):
            return self.condition(opposite)
        x = self.value(operand)
        return quote("x == False", x=x) if self.facts.may_miss(operand) else quote("~x", x=x)

    def _arithmetic(self, op: str, left: Expr, right: Expr) -> ast.expr:
        x, y = self._wide(op, left, right), self._wide(op, right, left)
        whole = is_whole(self.facts, left, right)
        if op == "%" and not whole:
            return quote("x - y * dt.math.floor(x / y)", x=x, y=y)
        if op == "//" and not whole:
            floor = quote("dt.math.floor(x / y)", x=x, y=y)
            return floor if nonzero(right) else quote("ifelse(y != 0, r, None)", y=y, r=floor)
        return quote(f"x {op} y", x=x, y=y)

    def _wide(self, op: str, node: Expr, other: Expr) -> ast.expr:
        """Write an operand; arithmetic on fewer than 64 bits would wrap."""
        x = self.value(node)
        if self.facts.overflows(op, node, other):
            return quote("dt.as_type(x, dt.int64)", x=x)
        return x

    def _truncated(self, moment: Expr, unit: str) -> ast.expr:
        """Write a truncation by the parts that are kept."""
        timed = self.facts.kind(moment) == "timestamp"
        kept = UNITS[: UNITS.index(unit) + 1]
        parts = [quote(f"dt.time.{u}(x)", x=self.value(moment)) for u in kept]
        blank = [literal(1)] * (3 - len(parts)) + [literal(0)] * 3
        if timed:
            return quote("dt.time.ymdt(*p)", p=[*parts, *blank][:6])
        return quote("dt.time.ymd(*p)", p=[*parts, *blank][:3])

    def _call(self, function: str, arguments: tuple[Expr, ...]) -> ast.expr:
        if function in DATED and self.facts.zone(arguments[0]):
            raise Unsupported(f"{function}() of a time with a zone", "datatable's times have none")
        match function, arguments:
            case "truncate", (moment, Lit(unit)):
                return self._truncated(moment, str(unit))
        parts = list(map(self.value, arguments))
        if function == "round" and len(parts) == 1:
            return quote("dt.math.rint(x)", x=parts[0])
        if function == "round":
            return quote("dt.math.rint(x * 10**n) / 10**n", x=parts[0], n=parts[1])
        if function in {"min", "max"}:
            return self._extreme(quote(FUNCTIONS[function], x=parts), arguments)
        if function in PATTERNS and isinstance(arguments[1], Lit):
            escaped = re.sub(r"([\\^$.|?*+()\[\]{}/])", r"\\\1", str(arguments[1].value))
            pattern = PATTERNS[function].format(escaped)
            return quote("dt.re.match(x, p)", x=parts[0], p=pattern)
        if function not in FUNCTIONS:
            raise Unsupported(f"{function}()", "datatable has no such function")
        return quote(FUNCTIONS[function], x=parts[0])

    def _extreme(self, tree: ast.expr, arguments: tuple[Expr, ...]) -> ast.expr:
        """Keep what is missing missing: datatable's leave it out."""
        tests = [IsMissing(argument) for argument in arguments if self.facts.may_miss(argument)]
        if not tests:
            return tree
        condition = joined("or", list(map(self.condition, tests)))
        return quote("ifelse(c, None, x)", c=condition, x=tree)

    def _case(self, branches: tuple[tuple[Expr, Expr], ...], otherwise: Expr) -> ast.expr:
        parts = [part for c, v in branches for part in (self.condition(c), self.value(v))]
        while isinstance(otherwise, Case):
            parts += [p for c, v in otherwise.branches for p in (self.condition(c), self.value(v))]
            otherwise = otherwise.otherwise
        return quote("ifelse(*p)", p=[*parts, self.value(otherwise)])


def f(name: str) -> ast.expr:
    """Write a column of the frame."""
    return column_of("f", name)


def column_of(frame: str, name: str) -> ast.expr:
    """Write a column: as an attribute where its name can be one."""
    plain = unicodedata.normalize("NFKC", name) == name
    if name.isidentifier() and not name.startswith("_") and plain:
        try:
            return ast.parse(f"{frame}.{name}", mode="eval").body
        except SyntaxError:
            pass
    return quote("f[name]", f=quote(frame), name=name)


def is_whole(facts: Facts, *nodes: Expr) -> bool:
    """Return whether all of these are integers to datatable, too."""
    return all(facts.kind(node) == "int" and not makes_double(node) for node in nodes)


def joined(op: str, parts: list[ast.expr]) -> ast.expr:
    """Write `and` or `or` of conditions, as many as there are."""
    if not parts:
        return literal(op == "and")
    tree = parts[0]
    for part in parts[1:]:
        tree = ast.BinOp(tree, BOOLEAN[op](), part)
    return tree


def _moment(value: dt.date) -> ast.expr:
    if not isinstance(value, dt.datetime):
        return quote("dt.time.ymd(*p)", p=[*map(literal, (value.year, value.month, value.day))])
    if value.tzinfo:
        raise Unsupported("a time with a zone", "datatable's times have none")
    return quote("dt.time.ymdt(*p)", p=[*map(literal, value.timetuple()[:6])])


def _given(values: tuple[Lit, ...]) -> list[Lit]:
    return [value for value in values if value.value is not None]
