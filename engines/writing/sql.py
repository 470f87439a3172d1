"""SQL expressions: a tree becomes text with the parentheses that DuckDB's grammar needs.

Another dialect of SQL is a `Writer` of its own, which says what differs.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from .dispatch import ExpressionWriter
from .properties import Facts, makes_double
from .steps import negate

# How tightly each form binds; an operand that binds less tightly than its place is parenthesised.
OR, AND, NOT, COMPARE, ADD, MULTIPLY, POWER, NEGATIVE, CAST, ATOM = range(10)
ARITHMETIC = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}

FUNCTIONS = {
    "abs": "abs",
    "sqrt": "sqrt",
    "log": "ln",
    "log10": "log10",
    "exp": "exp",
    "floor": "floor",
    "ceil": "ceil",
    "lower": "lower",
    "len": "length",
    "contains": "contains",
    "starts_with": "starts_with",
    "year": "year",
    "month": "month",
    "day": "day",
    "min": "least",
    "max": "greatest",
    "round": "round_even",
    "truncate": "date_trunc",
}
# Where a function has a value.
DOMAINS = {
    "sqrt": "WHEN {x} >= 0 THEN {value}",
    "log": "WHEN {x} > 0 THEN {value} WHEN {x} = 0 THEN '-inf'::DOUBLE",
    "log10": "WHEN {x} > 0 THEN {value} WHEN {x} = 0 THEN '-inf'::DOUBLE",
}
PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z", re.IGNORECASE)
# Every word of DuckDB's grammar that is not free to be a name everywhere.
WORDS = """
    all analyse analyze and anti any array as asc asof asymmetric at authorization between bigint
    binary bit boolean both by case cast char character check coalesce collate collation column
    columns concurrently constraint create cross dec decimal default deferrable desc describe
    distinct do else end except exists extract false fetch float for foreign freeze from full
    generated glob grant group grouping grouping_id having ilike in initially inner inout int
    integer intersect interval into is isnull join lambda lateral leading left like limit map
    national natural nchar none not notnull null nullif numeric offset on only or order out outer
    overlaps overlay pivot pivot_longer pivot_wider placing position positional precision primary
    qualify real references returning right row select semi setof show similar smallint some struct
    substring summarize symmetric table tablesample then time timestamp to trailing treat trim true
    try_cast tuple union unique unpack unpivot using values varchar variadic verbose when where
    window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
    xmlroot xmlserialize xmltable
"""
# ClickHouse takes these for numbers, or for clauses of its own.
KEYWORDS = frozenset([*WORDS.split(), "cube", "inf", "nan", "rollup", "top"])


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL, and how tightly its outermost form binds."""

    text: str
    level: int = ATOM

    def at(self, level: int) -> str:
        """Return the text for a place that asks for this binding."""
        return self.text if self.level >= level else f"({self.text})"


def quote_name(text: str) -> str:
    """Write an identifier, quoted only where it must be."""
    if PLAIN.match(text) and text.lower() not in KEYWORDS:
        return text
    escaped = text.replace('"', '""')
    return f'"{escaped}"'


def triple_quote(sql: str) -> str:
    """Write SQL as a triple-quoted Python string on lines of its own."""
    escaped = sql.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""\n{textwrap.indent(escaped, "    ")}\n"""'


def quote_string(text: str) -> str:
    """Write a string constant; one that does not print is written with escapes."""
    escaped = text.replace("'", "''")
    if all(c.isprintable() or c == " " for c in text):
        return f"'{escaped}'"
    escaped = escaped.replace("\\", "\\\\")
    return "E'" + "".join(c if c.isprintable() else _escape(c) for c in escaped) + "'"


def quote_constant(value: Value, *, plain: bool = True) -> Sql:
    """Write a constant; `plain` allows a short decimal where its place makes it a double anyway."""
    match value:
        case None:
            return Sql("NULL")
        case bool():
            return Sql(str(value).upper())
        case int():
            return Sql(str(value), NEGATIVE if value < 0 else ATOM)
        case float():
            return _quote_float(value, plain=plain)
        case str():
            return Sql(quote_string(value))
        case dt.datetime():
            word = "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP"
            return Sql(f"{word} '{value.isoformat(' ')}'")
        case dt.date():
            return Sql(f"DATE '{value.isoformat()}'")


@dataclass(frozen=True, slots=True)
class SqlWriter(ExpressionWriter[Sql]):
    """Writes expressions over the columns of one frame; `aggregate` writes an aggregation.

    NaN, a large number to DuckDB, becomes NULL where it would be seen. `raises`: the root or the
    logarithm of a negative number raises, as before DuckDB 2.
    """

    facts: Facts
    aggregate: Callable[[Agg], Sql]
    raises: bool = False

    def write(self, node: Expr, *, plain: bool = False) -> Sql:
        """Write an expression; `plain` allows a constant without a type of its own."""
        if isinstance(node, Lit):
            return self.constant(node.value, plain=plain)
        return self.expression(node)

    def column(self, column: str) -> Sql:
        """Write a column."""
        return Sql(quote_name(column))

    def is_missing(self, operand: Expr) -> Sql:
        """Write the test for a missing value."""
        return Sql(f"{self.comparable(operand).at(ADD)} IS NULL", COMPARE)

    def membership(self, node: IsIn) -> Sql:
        """Write the test for one of several constants."""
        return self._member(node.operand, node.values, "IN")

    def junction(self, node: Bool) -> Sql:
        """Write a chain of `and` or of `or`."""
        level = AND if node.op == "and" else OR
        texts = [self.write(operand).at(level + 1) for operand in node.operands]
        return Sql(f" {node.op.upper()} ".join(texts), level)

    def cast(self, node: Cast) -> Sql:
        """Write an integer in 64 bits."""
        return self.int64(self.write(node.operand))

    def case(self, node: Case) -> Sql:
        """Write the value of the first condition that is true."""
        return Sql(f"CASE {' '.join(self.whens(node.branches, node.otherwise))} END")

    def aggregation(self, agg: Agg) -> Sql:
        """Write an aggregation as the statement has it."""
        return self.aggregate(agg)

    def comparable(self, node: Expr, *, plain: bool = False) -> Sql:
        """Write an expression where a NaN would be seen: it becomes NULL."""
        written = self.write(node, plain=plain)
        return self.without_nan(written.text) if self.facts.makes_nan(node) else written

    def constant(self, value: Value, *, plain: bool = True) -> Sql:
        """Write a constant."""
        return quote_constant(value, plain=plain)

    def without_nan(self, text: str) -> Sql:
        """Write a value, or NULL in the place of NaN."""
        return Sql(f"nullif({text}, 'NaN')")

    def int64(self, written: Sql) -> Sql:
        """Write a number as an integer of 64 bits."""
        return Sql(f"{written.at(CAST)}::BIGINT", CAST)

    def whens(self, branches: tuple[tuple[Expr, Expr], ...], otherwise: Expr) -> list[str]:
        """Write the lines of a CASE between its first and its last word."""
        values = (*(value for _, value in branches), otherwise)
        plain = any(self.facts.kind(v) == "float" and not isinstance(v, Lit) for v in values)
        texts = self.alike(values, plain=plain)
        lines = [
            f"WHEN {self.write(condition).text} THEN {text}"
            for (condition, _), text in zip(branches, texts, strict=False)
        ]
        return lines if otherwise == Lit(None) else [*lines, f"ELSE {texts[-1]}"]

    def alike(self, values: Sequence[Expr], *, plain: bool) -> list[str]:
        """Write the values of which one is taken; DuckDB finds their common type by itself."""
        return [self.write(value, plain=plain).text for value in values]

    def arithmetic(self, node: Arith) -> Sql:
        """Write arithmetic of two operands."""
        if node.op == "%":
            return self._modulo(node.left, node.right)
        if node.op == "//":
            return self._floor_division(node.left, node.right)
        level = ARITHMETIC[node.op]
        left_plain = node.op in {"/", "**"} or self._is_double(node.right)
        right_plain = node.op in {"/", "**"} or self._is_double(node.left)
        left = self._wide(node.left, node.op, node.right, plain=left_plain)
        if node.op == "**" and not self.facts.is_nonzero(node.right):
            left = self.comparable(node.left, plain=True)  # of NaN, the power 0 is 1
        right = self._wide(node.right, node.op, node.left, plain=right_plain)
        if node.op == "**":
            return self.power(left, right)
        return Sql(f"{left.at(level)} {node.op} {right.at(level + 1)}", level)

    def negative(self, operand: Expr) -> Sql:
        """Write a number with the other sign."""
        return Sql(f"-{self.write(operand).at(CAST)}", NEGATIVE)

    def power(self, left: Sql, right: Sql) -> Sql:
        """Write a power: DuckDB takes a minus before it first, Python the power."""
        return Sql(f"{left.at(CAST)} ** {right.at(POWER + 1)}", POWER)

    def _is_double(self, node: Expr) -> bool:
        return not isinstance(node, Lit) and self.facts.kind(node) == "float"

    def _wide(self, node: Expr, op: str, other: Expr, *, plain: bool) -> Sql:
        """Write an operand that a result fits: DuckDB raises where it leaves the type."""
        written = self.write(node, plain=plain)
        if not self.facts.overflows(op, node, other):
            return written
        return self.int64(written)

    def _integers(self, *nodes: Expr) -> bool:
        return all(self.facts.kind(node) == "int" and not makes_double(node) for node in nodes)

    def _divisor(self, node: Expr) -> str:
        """Write a divisor: by zero, DuckDB raises and the language gives a missing value."""
        divisor = self.write(node, plain=True)
        return divisor.at(NEGATIVE) if self.facts.is_nonzero(node) else f"nullif({divisor.text}, 0)"

    def _modulo(self, left: Expr, right: Expr) -> Sql:
        """DuckDB's remainder has the sign of the dividend, Python's that of the divisor."""
        x, y = self.write(left, plain=True), self._divisor(right)
        if self._integers(left, right) and self.facts.is_natural(left, right):
            return Sql(f"{x.at(MULTIPLY)} % {y}", MULTIPLY)
        if not self._integers(left, right):
            # DuckDB's fmod subtracts a rounded product: 0 at 1e17, NaN for infinities.
            rest = f"{x.at(CAST)}::DOUBLE % {y}"
            return Sql(f"CASE WHEN sign({rest}) = -sign({y}) THEN {rest} + {y} ELSE {rest} END")
        return Sql(f"({x.at(MULTIPLY)} % {y} + {y}) % {y}", MULTIPLY)

    def _floor_division(self, left: Expr, right: Expr) -> Sql:
        """DuckDB truncates a quotient of integers: one less where a remainder is of other sign."""
        x, y = self.write(left, plain=True), self._divisor(right)
        if self._integers(left, right) and self.facts.is_natural(left, right):
            return Sql(f"{x.at(MULTIPLY)} // {y}", MULTIPLY)
        if not self._integers(left, right):
            # As CPython, without the remainder: a rounded quotient may be the next integer.
            rest = f"{x.at(CAST)}::DOUBLE % {y}"
            whole = f"round(({x.at(ADD)} - {rest}) / {y})"
            return Sql(f"{whole} - (sign({rest}) = -sign({y}))::DOUBLE", ADD)
        match right:
            case Lit(int() as value) if value > 0:
                opposite = f"{x.at(MULTIPLY)} % {y} < 0"
            case _:
                opposite = f"sign({x.at(MULTIPLY)} % {y}) = -sign({y})"
        return Sql(f"{x.at(MULTIPLY)} // {y} - ({opposite})::BIGINT", ADD)

    def comparison(self, node: Compare) -> Sql:
        """Write a comparison."""
        op, left, right = node.op, node.left, node.right
        x, y = (self.comparable(side, plain=True).at(ADD) for side in (left, right))
        match left, right:
            case Arith("%", a, b), Lit(0) if op in {"==", "!="} and self.facts.is_nonzero(b):
                # Whatever its sign, a remainder is zero or it is not.
                if self._integers(a, b):
                    x = f"{self.write(a).at(MULTIPLY)} % {self._divisor(b)}"
        return Sql(f"{x} {'=' if op == '==' else op} {y}", COMPARE)

    def _member(self, operand: Expr, values: tuple[Lit, ...], word: str) -> Sql:
        listed = ", ".join(self.constant(v.value).text for v in values if v.value is not None)
        return Sql(f"{self.comparable(operand).at(ADD)} {word} ({listed})", COMPARE)

    def opposite(self, operand: Expr) -> Sql:
        """Write the opposite of a condition."""
        match negate(operand):
            case Not(IsMissing(inner)):
                return Sql(f"{self.comparable(inner).at(ADD)} IS NOT NULL", COMPARE)
            case Not(IsIn(inner, values)):
                return self._member(inner, values, "NOT IN")
            case Not(inner):
                return Sql(f"NOT {self.write(inner).at(NOT)}", NOT)
            case opposite:
                return self.write(opposite)

    def call(self, node: Call) -> Sql:
        """Write a row function."""
        function, arguments = node.function, node.arguments
        if function == "round":
            digits = arguments[1] if len(arguments) == 2 else Lit(0)
            x, n = (self.write(part).text for part in (arguments[0], digits))
            return Sql(f"{FUNCTIONS[function]}({x}, {n})")
        if function in {"year", "month", "day", "truncate"}:
            return self._part(function, arguments)
        plain = any(map(self._is_double, arguments))
        texts = [self.comparable(argument, plain=plain).at(ADD) for argument in arguments]
        written = f"{FUNCTIONS[function]}({', '.join(texts)})"
        if self.raises and function in DOMAINS:
            return Sql(f"CASE {DOMAINS[function].format(x=texts[0], value=written)} END")
        missing = [t for t, a in zip(texts, arguments, strict=True) if self.facts.may_miss(a)]
        if function in {"min", "max"} and missing:
            # DuckDB's leave a missing value out.
            present = " AND ".join(f"{text} IS NOT NULL" for text in missing)
            return Sql(f"CASE WHEN {present} THEN {written} END")
        return Sql(written)

    def _part(self, function: str, arguments: tuple[Expr, ...]) -> Sql:
        """Write a part of a date or time; one with a zone is taken as a clock there shows it."""
        begun = moment = self.write(arguments[0]).text
        zone = self._zone(arguments[0])
        if zone:
            moment = f"timezone({zone}, {moment})"
        if function != "truncate":
            return Sql(f"{FUNCTIONS[function]}({moment})")
        assert isinstance(arguments[1], Lit)
        written = f"{FUNCTIONS[function]}({quote_string(str(arguments[1].value))}, {moment})"
        if zone and arguments[1].value == "hour":
            # Once a year, a clock shows an hour twice: its start is found from the time since.
            return Sql(f"{begun} - ({moment} - {written})", ADD)
        return Sql(f"timezone({zone}, {written})" if zone else written)

    def _zone(self, node: Expr) -> str:
        zone = self.facts.zone(node)
        return quote_string(zone) if zone else ""


def _quote_float(value: float, *, plain: bool) -> Sql:
    """Write a float: DuckDB reads `0.1` as a decimal and `1e-1` as a double."""
    if not math.isfinite(value):
        return Sql(f"'{value}'::DOUBLE", CAST)
    text = repr(value)
    digits = len(text.strip("-").replace(".", "").strip("0"))
    if "e" not in text and digits > 15:
        text = re.sub(r"0+e", "e", f"{value:.17e}")
    if "e" in text or plain:
        return Sql(text, NEGATIVE if value < 0 else ATOM)
    return Sql(f"({text})::DOUBLE" if value < 0 else f"{text}::DOUBLE", CAST)


def _escape(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) < 0x80 else character
