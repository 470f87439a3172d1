"""datatable expressions from the one tree: for their value, and where they surely hold."""

from __future__ import annotations

import ast
import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

from ...errors import Unsupported
from ...spec.expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Not,
    Value,
)
from ...spec.intervals import SECONDS, find_step
from ...spec.vocabulary import ROW_FUNCTIONS
from ..writing.dispatch import ExpressionWriter
from ..writing.properties import Facts, makes_double
from ..writing.quote import quote, write_literal
from ..writing.steps import choose_extreme, map_as_case, negate
from .words import FUNCTIONS, PATTERNS, UNREAD_NUMBERS, UNSUPPORTED, VARIANTS

DATED = {n for n, f in ROW_FUNCTIONS.items() if f.takes in {"date", "timestamp"}}
OUT_OF_REACH = "datatable has no times before 1677 or after 2262"
UNITS = ("year", "month", "day", "hour", "minute", "second")
NANOSECONDS = 10**9
SPECIAL = r"([\\^$.|?*+()\[\]{}/])"
BOOLEAN = {"and": ast.BitAnd, "or": ast.BitOr}


@dataclass(frozen=True, slots=True)
class DatatableWriter(ExpressionWriter[ast.expr]):
    """Writes expressions for their value, missing where the language says so, and conditions.

    In datatable, a comparison with a missing value is False, and `!=` True.
    """

    facts: Facts
    aggregate: Callable[[Agg], ast.expr] | None = None

    def write_column(self, name: str) -> ast.expr:
        """Write a column."""
        return f(name)

    def write_constant(self, value: Value) -> ast.expr:
        """Write a constant."""
        return _write_moment(value) if isinstance(value, dt.date) else write_literal(value)

    def write_negative(self, operand: Expr) -> ast.expr:
        """Write a number with the other sign."""
        return quote("-x", x=self.write_expression(operand))

    def write_comparison(self, node: Compare) -> ast.expr:
        """Write a comparison for its value."""
        return self._write_three_valued(node)

    def is_missing(self, operand: Expr) -> ast.expr:
        """Write the test for a missing value."""
        return quote("x == None", x=self.write_expression(operand))

    def write_membership(self, node: IsIn) -> ast.expr:
        """Write the test for one of several constants, for its value."""
        return self._write_three_valued(node)

    def write_junction(self, node: Bool) -> ast.expr:
        """Write a chain of `and` or of `or`, for its value."""
        return self._write_three_valued(node)

    def write_opposite(self, operand: Expr) -> ast.expr:
        """Write the opposite of a condition, for its value."""
        return self._write_three_valued(Not(operand))

    def cast(self, node: Cast) -> ast.expr:
        """Write an integer in 64 bits."""
        return quote("dt.as_type(x, dt.int64)", x=self.write_expression(node.operand))

    def write_aggregation(self, agg: Agg) -> ast.expr:
        """Write an aggregation, where the query has them."""
        return (
            self.aggregate(agg) if self.aggregate else ExpressionWriter.write_aggregation(self, agg)
        )

    def write_condition(self, node: Expr) -> ast.expr:
        """Write a condition that is True where it surely holds, and False elsewhere."""
        match node:
            case Compare(op, left, right):
                return self._compare(op, left, right)
            case Not(IsMissing(operand)):
                return quote("x != None", x=self.write_expression(operand))
            case IsIn(operand, values):
                return join_conditions(
                    "or", [self._compare("==", operand, v) for v in _drop_none(values)]
                )
            case Not(IsIn(operand, values)):
                return self._not_in(operand, values)
            case Bool(op, operands):
                parts = (part for operand in operands for part in self._list_parts(op, operand))
                return join_conditions(op, list(parts))
            case Not(operand):
                return self._write_negation(operand)
            case _:
                tree = self.write_expression(node)
                return quote("x == True", x=tree) if self.facts.may_miss(node) else tree

    def _list_parts(self, op: str, operand: Expr) -> list[ast.expr]:
        """Write an operand of `and` or `or`; one of several constants is several of `or`."""
        if op == "or" and isinstance(operand, IsIn):
            return [self._compare("==", operand.operand, v) for v in _drop_none(operand.values)]
        return [self.write_condition(operand)]

    def _write_three_valued(self, node: Expr) -> ast.expr:
        if not self.facts.may_miss(node):
            return self.write_condition(node)
        holds, fails = self.write_condition(node), self.write_condition(negate(node))
        return quote("ifelse(a, True, b, False, None)", a=holds, b=fails)

    def _compare(self, op: str, left: Expr, right: Expr) -> ast.expr:
        tree = quote(f"x {op} y", x=self.write_expression(left), y=self.write_expression(right))
        missing = [side for side in (left, right) if self.facts.may_miss(side)]
        if op == "!=":
            return self._require_present(tree, missing)
        # Of two missing values, neither is the smaller or the larger, but they equal each other.
        both = "=" in op and len(missing) == 2
        return self._require_present(tree, missing[:1]) if both else tree

    def _not_in(self, operand: Expr, values: tuple[Lit, ...]) -> ast.expr:
        x = self.write_expression(operand)
        parts = [
            quote("x != v", x=x, v=self.write_expression(value)) for value in _drop_none(values)
        ]
        tree = join_conditions("and", parts)
        return self._require_present(tree, [operand] if self.facts.may_miss(operand) else [])

    def _require_present(self, tree: ast.expr, nodes: list[Expr]) -> ast.expr:
        parts = [quote("x != None", x=self.write_expression(node)) for node in nodes]
        return join_conditions("and", [tree, *parts])

    def _write_negation(self, operand: Expr) -> ast.expr:
        opposite = negate(operand)
        if not isinstance(opposite, Not):
            return self.write_condition(opposite)
        x = self.write_expression(operand)
        return quote("x == False", x=x) if self.facts.may_miss(operand) else quote("~x", x=x)

    def write_arithmetic(self, node: Arith) -> ast.expr:
        """Write arithmetic of two operands."""
        op, left, right = node.op, node.left, node.right
        x, y = self._write_wide(op, left, right), self._write_wide(op, right, left)
        whole = is_whole(self.facts, left, right)
        if op == "%" and not whole:
            return quote("x - y * dt.math.floor(x / y)", x=x, y=y)
        if op == "//" and not whole:
            floor = quote("dt.math.floor(x / y)", x=x, y=y)
            if self.facts.is_nonzero(right):
                return floor
            return quote("ifelse(y != 0, r, None)", y=y, r=floor)
        return quote(f"x {op} y", x=x, y=y)

    def _write_wide(self, op: str, node: Expr, other: Expr) -> ast.expr:
        """Write an operand; arithmetic on fewer than 64 bits would wrap."""
        x = self.write_expression(node)
        if self.facts.overflows(op, node, other):
            return quote("dt.as_type(x, dt.int64)", x=x)
        return x

    def _truncate(self, moment: Expr, unit: str) -> ast.expr:
        """Write a truncation by the parts that are kept."""
        timed = self.facts.find_kind(moment) == "timestamp"
        number, word = find_step(unit) or (1, unit)
        if number > 1:
            step = number * SECONDS[f"{word}s"] * NANOSECONDS
            since = quote(
                "dt.as_type(x, dt.int64) // n * n", x=self.write_expression(moment), n=step
            )
            return quote("dt.as_type(x, dt.Type.time64)", x=since)
        if unit not in UNITS:
            raise Unsupported(f"truncate() to {unit}", "datatable has no weeks")
        kept = UNITS[: UNITS.index(unit) + 1]
        parts = [quote(f"dt.time.{u}(x)", x=self.write_expression(moment)) for u in kept]
        if len(parts) > 3:
            blank = [write_literal(0)] * (6 - len(parts))
            return quote(FUNCTIONS["truncate"], p=[*parts, *blank])
        day = quote("dt.time.ymd(*p)", p=[*parts, *[write_literal(1)] * (3 - len(parts))])
        return quote("dt.as_type(d, dt.Type.time64)", d=day) if timed else day

    def call(self, node: Call) -> ast.expr:
        """Write a row function."""
        function, arguments = node.function, node.arguments
        if function in DATED and self.facts.find_zone(arguments[0]):
            raise Unsupported(
                f"{function}() of a time with a zone", "datatable's times have no zone"
            )
        match function, arguments:
            case "truncate", (moment, Lit(unit)):
                return self._truncate(moment, str(unit))
            case "offset", (moment, Lit(int(count)), Lit(str(unit))):
                days = self.facts.find_kind(moment) == "date"
                number = count if days else count * SECONDS[unit] * NANOSECONDS
                made = quote(f"dt.Type.{'date32' if days else 'time64'}")
                return quote(FUNCTIONS[function], x=self.write_expression(moment), n=number, t=made)
            case unit, (later, earlier) if unit in SECONDS:
                step = 1 if self.facts.find_kind(later) == "date" else SECONDS[unit] * NANOSECONDS
                x, y = self.write_expression(later), self.write_expression(earlier)
                return quote(FUNCTIONS[function], x=x, y=y, n=step)
        parts = list(map(self.write_expression, arguments))
        if function == "round" and len(parts) == 1:
            return quote(FUNCTIONS[function], x=parts[0])
        if function == "round":
            match arguments[1]:
                case Lit(int(digits)) if digits >= 0:
                    return quote("dt.math.rint(x * n) / n", x=parts[0], n=10**digits)
            return quote("dt.math.rint(x * 10**n) / 10**n", x=parts[0], n=parts[1])
        if function in UNSUPPORTED:
            raise Unsupported(f"{function}()", UNSUPPORTED[function])
        if function == "number" and self.facts.find_kind(arguments[0]) == "string":
            raise Unsupported("number() of a text", UNREAD_NUMBERS)
        if function == "map":
            return self.write_expression(map_as_case(node))
        if function in {"concat", "coalesce"}:
            return reduce(lambda x, y: quote(FUNCTIONS[function], x=x, y=y), parts)
        if function in {"slice", "clip", "hypot", "atan2"}:
            x, y, z = (*parts, write_literal(None))[:3]
            return quote(FUNCTIONS[function], x=x, y=y, z=z)
        if function == "integer":
            word = f"integer_{self.facts.find_kind(arguments[0])}"
            return quote(VARIANTS.get(word, FUNCTIONS[function]), x=parts[0])
        if function in {"min", "max"} and self.facts.find_kind(node) not in {"int", "float"}:
            return self.write_expression(choose_extreme(node, self.facts.may_miss))
        if function in {"min", "max"}:
            return self._write_extreme(quote(FUNCTIONS[function], x=parts), arguments)
        if function in PATTERNS and isinstance(arguments[1], Lit):
            text = str(arguments[1].value)
            if function == "matches" and text.startswith("(?i)"):
                raise Unsupported("(?i)", "datatable's regular expressions are case-sensitive")
            escaped = re.sub(SPECIAL, r"\\\1", text)
            pattern = PATTERNS[function].format(escaped)
            if function == "matches":
                pattern = _match_whole(text)
            return quote(FUNCTIONS[function], x=parts[0], p=pattern)
        return quote(FUNCTIONS[function], x=parts[0])

    def _write_extreme(self, tree: ast.expr, arguments: tuple[Expr, ...]) -> ast.expr:
        """Keep what is missing missing: datatable's leave it out."""
        tests = [IsMissing(argument) for argument in arguments if self.facts.may_miss(argument)]
        if not tests:
            return tree
        condition = join_conditions("or", list(map(self.write_condition, tests)))
        return quote("ifelse(c, None, x)", c=condition, x=tree)

    def write_case(self, node: Case) -> ast.expr:
        """Write the value of the first condition that is true, in one `ifelse`."""
        branches, otherwise = node.branches, node.otherwise
        parts = [
            part
            for c, v in branches
            for part in (self.write_condition(c), self.write_expression(v))
        ]
        while isinstance(otherwise, Case):
            parts += [
                p
                for c, v in otherwise.branches
                for p in (self.write_condition(c), self.write_expression(v))
            ]
            otherwise = otherwise.otherwise
        return quote("ifelse(*p)", p=[*parts, self.write_expression(otherwise)])


def f(name: str) -> ast.expr:
    """Write a column of the frame."""
    return find_column("f", name)


def find_column(frame: str, name: str) -> ast.expr:
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
    return all(facts.find_kind(node) == "int" and not makes_double(node) for node in nodes)


def join_conditions(op: str, parts: list[ast.expr]) -> ast.expr:
    """Write `and` or `or` of conditions, as many as there are."""
    if not parts:
        return write_literal(op == "and")
    tree = parts[0]
    for part in parts[1:]:
        tree = ast.BinOp(tree, BOOLEAN[op](), part)
    return tree


def _write_moment(value: dt.date) -> ast.expr:
    if not isinstance(value, dt.datetime):
        return quote(
            "dt.time.ymd(*p)", p=[*map(write_literal, (value.year, value.month, value.day))]
        )
    if value.tzinfo:
        raise Unsupported("a time with a zone", "datatable's times have no zone")
    if not 1677 < value.year < 2262:
        raise Unsupported(f"the time {value}", OUT_OF_REACH)
    return quote("dt.time.ymdt(*p)", p=[*map(write_literal, value.timetuple()[:6])])


def _drop_none(values: tuple[Lit, ...]) -> list[Lit]:
    return [value for value in values if value.value is not None]


def _match_whole(pattern: str) -> str:
    """Return what matches a whole text that has a pattern somewhere, as `dt.re.match` asks."""
    if "|" in pattern:
        return PATTERNS["matches"].format(f"({pattern})")
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        return PATTERNS["ends_with"].format(pattern)
    return PATTERNS["matches"].format(pattern)
