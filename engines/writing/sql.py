"""SQL expressions: a tree becomes text with the parentheses that DuckDB's grammar needs.

Another dialect of SQL is a `Writer` of its own, which says what differs.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
from ...spec.intervals import find_step
from ...spec.vocabulary import ROW_FUNCTIONS
from .dispatch import ExpressionWriter
from .properties import Facts, makes_double
from .steps import negate

# How tightly each form binds; an operand that binds less tightly than its place is parenthesised.
OR, AND, NOT, COMPARE, ADD, MULTIPLY, POWER, NEGATIVE, CAST, ATOM = range(10)
ARITHMETIC = {"+": ADD, "-": ADD, "*": MULTIPLY, "/": MULTIPLY, "**": POWER}

LENGTHS = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
# Whole units of more time than a double holds exactly; a quotient of integers is cut at zero.
WHOLE_UNITS = "({0} // {1} - ({0} % {1} < 0)::BIGINT)"
FUNCTIONS = {
    "abs": "abs",
    "sqrt": "sqrt",
    "log": "ln",
    "log10": "log10",
    "exp": "exp",
    "log2": "log2",
    "log1p": "ln(1 + {0})",
    "expm1": "exp({0}) - 1",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "atan2": "atan2",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "radians": "radians",
    "degrees": "degrees",
    "hypot": "sqrt({0} ** 2 + {1} ** 2)",
    "sign": "sign({0})::DOUBLE",
    "clip": "CASE WHEN {0} < {1} THEN {1} WHEN {0} > {2} THEN {2} ELSE {0} END",
    "coalesce": "coalesce",
    "map": "CASE {0} {1} END",
    "floor": "floor",
    "ceil": "ceil",
    "lower": "lower",
    "upper": "upper",
    # DuckDB's trim leaves tabs and line breaks, its `\s` other spaces of Unicode.
    "strip": r"regexp_replace({0}, '^[\s\p{{Z}}]+|[\s\p{{Z}}]+$', '', 'g')",
    "len": "length",
    "count_words": r"len(regexp_extract_all({0}, '[^\s\p{{Z}}]+'))",
    "contains": "contains",
    "starts_with": "starts_with",
    "ends_with": "ends_with",
    "is_numeric": "regexp_full_match({0}, '[0-9]+')",
    "matches": "regexp_matches",
    "extract": "CASE WHEN regexp_matches({0}, {1}) THEN regexp_extract({0}, {1}, {2}) END",
    "replace": "replace",
    "split": "string_split({0}, {1})[{2}]",
    "slice": "{0}[{1}:{2}]",
    "zfill": (
        "CASE WHEN {0}[1] IN ('-', '+')"
        " THEN {0}[1] || lpad({0}[2:], greatest({1}, length({0}))::INTEGER - 1, '0')"
        " ELSE lpad({0}, greatest({1}, length({0}))::INTEGER, '0') END"
    ),
    "concat": "||",
    "text": "{0}::VARCHAR",
    "integer": "TRY_CAST(trunc({0}) AS BIGINT)",
    "number": "{0}::DOUBLE",
    "year": "year",
    "month": "month",
    "day": "day",
    "min": "least",
    "max": "greatest",
    "round": "round_even",
    "hour": "hour",
    "minute": "minute",
    "second": "second",
    "weekday": "isodow({0}) - 1",
    "day_of_year": "dayofyear",
    "week": "weekofyear",
    "quarter": "quarter",
    "date": "{0}::DATE",
    "truncate": "date_trunc",
    **{
        word: f"floor((epoch_us({{0}}) - epoch_us({{1}})) / {seconds}000000)::BIGINT"
        for word, seconds in LENGTHS.items()
    },
    "offset": "{0} + INTERVAL '{1} {2}'",
    "parse": "strptime({0}, {1})",
}
# Words for a part of what one means, by the kind of the value or the form of a setting.
VARIANTS = {
    "split_words": r"regexp_extract_all({0}, '[^\s\p{{Z}}]+')[{2}]",
    "integer_string": "TRY_CAST(regexp_extract({0}, '^[+-]?[0-9]+$') AS BIGINT)",
    "integer_bool": "{0}::BIGINT",
    "days_date": "({0} - {1})",
    **{
        f"{word}_{unit}": WHOLE_UNITS.format(f"(epoch_{unit}({{0}}) - epoch_{unit}({{1}}))", length)
        for word, seconds in LENGTHS.items()
        for unit, length in (("us", seconds * 10**6), ("ns", seconds * 10**9))
    },
    "offset_date": "{0} + ({1})",
    "parse_date": "strptime({0}, {1})::DATE",
    "sign_int": "sign({0})::BIGINT",
    "number_string": "TRY_CAST({0} AS DOUBLE)",
    # A cast takes 1_000.
    "number_underscored": "CASE WHEN NOT contains({0}, '_') THEN TRY_CAST({0} AS DOUBLE) END",
}
# Patterns of a text that a cast reads as an integer.
DIGITS = tuple(map(Lit, ("[0-9]+", "([0-9]+)", r"\d+", r"(\d+)")))
# What takes times as instants, or days.
WITHOUT_CLOCK = {*LENGTHS, "offset"}
LOOSE = {"text": CAST, "expm1": ADD, "offset": ADD, "weekday": ADD}
# Where a function has a value.
DOMAINS = {
    "sqrt": "WHEN {x} >= 0 THEN {value}",
    "log": "WHEN {x} > 0 THEN {value} WHEN {x} = 0 THEN '-inf'::DOUBLE",
    "log10": "WHEN {x} > 0 THEN {value} WHEN {x} = 0 THEN '-inf'::DOUBLE",
    "log2": "WHEN {x} > 0 THEN {value} WHEN {x} = 0 THEN '-inf'::DOUBLE",
    "asin": "WHEN abs({x}) <= 1 THEN {value}",
    "acos": "WHEN abs({x}) <= 1 THEN {value}",
    **dict.fromkeys(("sin", "cos", "tan"), "WHEN isfinite({x}) THEN {value}"),
}
WIDTH = 76  # of a line of SQL
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


def write_clause(word: str, items: list[str], separator: str) -> str:
    """Write a clause on one line where it fits, else with an item a line."""
    if not items:
        return ""
    line = f"{word} {f'{separator} '.join(items)}"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    joined = f"{separator}\n".join(items)
    return f"{word}\n{textwrap.indent(joined, '    ')}"


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
    logarithm of a negative number raises, as before DuckDB 2. `named` are the expressions that have
    a name.
    """

    facts: Facts
    aggregate: Callable[[Agg], Sql]
    raises: bool = False
    named: Mapping[Expr, str] = field(default_factory=dict)

    def write(self, node: Expr, *, plain: bool = False) -> Sql:
        """Write an expression; `plain` allows a constant without a type of its own."""
        if isinstance(node, Lit):
            return self.write_constant(node.value, plain=plain)
        if node in self.named:
            return self.write_column(self.named[node])
        return self.write_expression(node)

    def write_column(self, column: str) -> Sql:
        """Write a column."""
        return Sql(quote_name(column))

    def is_missing(self, operand: Expr) -> Sql:
        """Write the test for a missing value."""
        return Sql(f"{self.write_comparable(operand).at(ADD)} IS NULL", COMPARE)

    def write_membership(self, node: IsIn) -> Sql:
        """Write the test for one of several constants."""
        return self._write_member(node.operand, node.values, "IN")

    def write_junction(self, node: Bool) -> Sql:
        """Write a chain of `and` or of `or`."""
        level = AND if node.op == "and" else OR
        texts = [self.write(operand).at(level + 1) for operand in node.operands]
        return Sql(f" {node.op.upper()} ".join(texts), level)

    def cast(self, node: Cast) -> Sql:
        """Write an integer in 64 bits."""
        return self.write_int64(self.write(node.operand))

    def write_case(self, node: Case) -> Sql:
        """Write the value of the first condition that is true."""
        return Sql(f"CASE {' '.join(self.write_branches(node.branches, node.otherwise))} END")

    def write_aggregation(self, agg: Agg) -> Sql:
        """Write an aggregation as the statement has it."""
        return self.aggregate(agg)

    def write_comparable(self, node: Expr, *, plain: bool = False) -> Sql:
        """Write an expression where a NaN would be seen: it becomes NULL."""
        written = self.write(node, plain=plain)
        return self.write_without_nan(written.text) if self.facts.makes_nan(node) else written

    def write_constant(self, value: Value, *, plain: bool = True) -> Sql:
        """Write a constant."""
        return quote_constant(value, plain=plain)

    def write_without_nan(self, text: str) -> Sql:
        """Write a value, or NULL in the place of NaN."""
        return Sql(f"nullif({text}, 'NaN')")

    def write_int64(self, written: Sql) -> Sql:
        """Write a number as an integer of 64 bits."""
        return Sql(f"{written.at(CAST)}::BIGINT", CAST)

    def write_branches(self, branches: tuple[tuple[Expr, Expr], ...], otherwise: Expr) -> list[str]:
        """Write the lines of a CASE between its first and its last word."""
        values = (*(value for _, value in branches), otherwise)
        plain = any(self.facts.find_kind(v) == "float" and not isinstance(v, Lit) for v in values)
        texts = self.write_alike(values, plain=plain)
        lines = [
            f"WHEN {self.write(condition).text} THEN {text}"
            for (condition, _), text in zip(branches, texts, strict=False)
        ]
        return lines if otherwise == Lit(None) else [*lines, f"ELSE {texts[-1]}"]

    def write_alike(self, values: Sequence[Expr], *, plain: bool) -> list[str]:
        """Write the values of which one is taken; DuckDB finds their common type by itself."""
        return [self.write(value, plain=plain).text for value in values]

    def write_arithmetic(self, node: Arith) -> Sql:
        """Write arithmetic of two operands."""
        if node.op == "%":
            return self._write_modulo(node.left, node.right)
        if node.op == "//":
            return self._write_floor_division(node.left, node.right)
        level = ARITHMETIC[node.op]
        left_plain = node.op in {"/", "**"} or self._is_double(node.right)
        right_plain = node.op in {"/", "**"} or self._is_double(node.left)
        left = self._write_wide(node.left, node.op, node.right, plain=left_plain)
        if node.op == "**" and not self.facts.is_nonzero(node.right):
            left = self.write_comparable(node.left, plain=True)  # of NaN, the power 0 is 1
        right = self._write_wide(node.right, node.op, node.left, plain=right_plain)
        if node.op == "**":
            return self.write_power(left, right)
        return Sql(f"{left.at(level)} {node.op} {right.at(level + 1)}", level)

    def write_negative(self, operand: Expr) -> Sql:
        """Write a number with the other sign."""
        return Sql(f"-{self.write(operand).at(CAST)}", NEGATIVE)

    def write_power(self, left: Sql, right: Sql) -> Sql:
        """Write a power: DuckDB takes a minus before it first, Python the power."""
        return Sql(f"{left.at(CAST)} ** {right.at(POWER + 1)}", POWER)

    def _is_double(self, node: Expr) -> bool:
        return not isinstance(node, Lit) and self.facts.find_kind(node) == "float"

    def _write_wide(self, node: Expr, op: str, other: Expr, *, plain: bool) -> Sql:
        """Write an operand that a result fits: DuckDB raises where it leaves the type."""
        written = self.write(node, plain=plain)
        if not self.facts.overflows(op, node, other):
            return written
        return self.write_int64(written)

    def _write_integers(self, *nodes: Expr) -> bool:
        return all(self.facts.find_kind(node) == "int" and not makes_double(node) for node in nodes)

    def _write_divisor(self, node: Expr) -> str:
        """Write a divisor: by zero, DuckDB raises and the language gives a missing value."""
        divisor = self.write(node, plain=True)
        return divisor.at(NEGATIVE) if self.facts.is_nonzero(node) else f"nullif({divisor.text}, 0)"

    def _write_modulo(self, left: Expr, right: Expr) -> Sql:
        """DuckDB's remainder has the sign of the dividend, Python's that of the divisor."""
        x, y = self.write(left, plain=True), self._write_divisor(right)
        if self._write_integers(left, right) and self.facts.is_natural(left, right):
            return Sql(f"{x.at(MULTIPLY)} % {y}", MULTIPLY)
        if not self._write_integers(left, right):
            # DuckDB's fmod subtracts a rounded product: 0 at 1e17, NaN for infinities.
            rest = f"{x.at(CAST)}::DOUBLE % {y}"
            return Sql(f"CASE WHEN sign({rest}) = -sign({y}) THEN {rest} + {y} ELSE {rest} END")
        return Sql(f"({x.at(MULTIPLY)} % {y} + {y}) % {y}", MULTIPLY)

    def _write_floor_division(self, left: Expr, right: Expr) -> Sql:
        """DuckDB truncates a quotient of integers: one less where a remainder is of other sign."""
        x, y = self.write(left, plain=True), self._write_divisor(right)
        if self._write_integers(left, right) and self.facts.is_natural(left, right):
            return Sql(f"{x.at(MULTIPLY)} // {y}", MULTIPLY)
        if not self._write_integers(left, right):
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

    def write_comparison(self, node: Compare) -> Sql:
        """Write a comparison."""
        op, left, right = node.op, node.left, node.right
        x, y = (self.write_comparable(side, plain=True).at(ADD) for side in (left, right))
        match left, right:
            case Arith("%", a, b), Lit(0) if op in {"==", "!="} and self.facts.is_nonzero(b):
                # Whatever its sign, a remainder is zero or it is not.
                if self._write_integers(a, b):
                    x = f"{self.write(a).at(MULTIPLY)} % {self._write_divisor(b)}"
        return Sql(f"{x} {'=' if op == '==' else op} {y}", COMPARE)

    def _write_member(self, operand: Expr, values: tuple[Lit, ...], word: str) -> Sql:
        listed = ", ".join(self.write_constant(v.value).text for v in values if v.value is not None)
        return Sql(f"{self.write_comparable(operand).at(ADD)} {word} ({listed})", COMPARE)

    def write_opposite(self, operand: Expr) -> Sql:
        """Write the opposite of a condition."""
        match negate(operand):
            case Not(IsMissing(inner)):
                return Sql(f"{self.write_comparable(inner).at(ADD)} IS NOT NULL", COMPARE)
            case Not(IsIn(inner, values)):
                return self._write_member(inner, values, "NOT IN")
            case Not(inner):
                return Sql(f"NOT {self.write(inner).at(NOT)}", NOT)
            case opposite:
                return self.write(opposite)

    def write_format(self, time: Expr, format_: str) -> Sql | None:
        """Write the text of a time."""
        if self.facts.is_distant(time):
            return None
        return Sql(f"strftime({self._write_clock(time)}, {quote_string(format_)})")

    def call(self, node: Call) -> Sql:
        """Write a row function."""
        function, arguments = node.function, node.arguments
        if function == "round":
            digits = arguments[1] if len(arguments) == 2 else Lit(0)
            x, n = (self.write(part).text for part in (arguments[0], digits))
            return Sql(f"{FUNCTIONS[function]}({x}, {n})")
        if ROW_FUNCTIONS[function].takes in {"date", "timestamp"} and function not in WITHOUT_CLOCK:
            return self._write_part(function, arguments)
        if function == "concat":
            parts = [self.write(argument).at(ADD) for argument in arguments]
            return Sql(f" {FUNCTIONS[function]} ".join(parts), COMPARE)
        match arguments:
            case (Call("extract", searched),) if function == "integer" and searched[1] in DIGITS:
                told = (
                    searched[:2] if searched[2] == Lit(0) else searched
                )  # the whole is the default
                texts = [self.write(argument).text for argument in told]
                return Sql(f"TRY_CAST(regexp_extract({', '.join(texts)}) AS BIGINT)")
        if "{" in FUNCTIONS[function]:
            return self._write_template(function, arguments)
        plain = any(map(self._is_double, arguments))
        texts = [self.write_comparable(argument, plain=plain).at(ADD) for argument in arguments]
        written = f"{FUNCTIONS[function]}({', '.join(texts)})"
        if self.raises and function in DOMAINS:
            return Sql(f"CASE {DOMAINS[function].format(x=texts[0], value=written)} END")
        missing = [t for t, a in zip(texts, arguments, strict=True) if self.facts.may_miss(a)]
        if function in {"min", "max"} and missing:
            # DuckDB's leave a missing value out.
            present = " AND ".join(f"{text} IS NOT NULL" for text in missing)
            return Sql(f"CASE WHEN {present} THEN {written} END")
        return Sql(written)

    def _write_template(self, function: str, arguments: tuple[Expr, ...]) -> Sql:
        """Write a function by its template; `{0}` is its value, places count from 1."""
        if function == "map":
            return self._map(arguments)
        number = ROW_FUNCTIONS[function].count_values(len(arguments))
        values, settings = arguments[:number], arguments[number:]
        word = f"{function}_{self.facts.find_kind(values[0])}"
        if function == "split" and settings[0] == Lit(None):
            word = "split_words"
        if function == "parse":
            word = f"parse_{self.facts.find_kind(Call(function, arguments))}"
        if function == "number" and self.facts.may_be_odd(values[0], "underscored"):
            word = "number_underscored"
        if function in LENGTHS and word != "days_date":
            word = f"{function}_{self.facts.find_exact_unit(*values)}"
        template = VARIANTS.get(word, FUNCTIONS[function])
        texts = [self.write(setting).text for setting in settings]
        match function, settings:
            case "split", (_, Lit(int(place))):
                texts[1] = str(place + 1 if place >= 0 else place)
            case "offset", (Lit(int(count)), Lit(str(unit))):
                # A day of a zone may have 23 hours.
                whole = unit == "days" and self.facts.find_zone(values[0])
                texts = [str(24 * count), "hours"] if whole else [str(count), unit]
            case "slice", (Lit(int(start)), Lit(end)):
                texts = [str(start + 1 if start >= 0 else start), _slice_end(end)]
        levels = (_find_level(template, place) for place in range(len(values)))
        named = map(self.write_comparable, values)
        written = template.format(
            *(x.at(level) for x, level in zip(named, levels, strict=True)), *texts
        )
        return Sql(written, LOOSE.get(function, ATOM))

    def _map(self, arguments: tuple[Expr, ...]) -> Sql:
        """Write a look-up in a table as the short form of CASE."""
        value, lines = self.write_lookups(arguments)
        return Sql(FUNCTIONS["map"].format(value, " ".join(lines)))

    def write_lookups(self, arguments: tuple[Expr, ...]) -> tuple[str, list[str]]:
        """Write what is looked up, and the lines of its CASE before the last word."""
        value, default, *pairs = arguments
        kinds = [self.facts.find_kind(part) for part in (default, *pairs[1::2])]
        texts = [self.write(part, plain="float" not in kinds).text for part in (*pairs, default)]
        keyed = zip(texts[:-1:2], texts[1::2], strict=True)
        lines = [f"WHEN {key} THEN {given}" for key, given in keyed]
        lines += [] if default == Lit(None) else [f"ELSE {texts[-1]}"]
        return self.write_comparable(value).text, lines

    def _write_part(self, function: str, arguments: tuple[Expr, ...]) -> Sql:
        """Write a part of a date or time."""
        template = FUNCTIONS[function]
        cast = ATOM if "{0}::" in template else OR
        begun, moment = self.write(arguments[0]).text, self._write_clock(arguments[0], cast)
        zone = self._write_zone(arguments[0])
        if function != "truncate":
            called = template.format(moment) if "{" in template else f"{template}({moment})"
            return Sql(called, LOOSE.get(function, ATOM))
        assert isinstance(arguments[1], Lit)
        unit = str(arguments[1].value)
        number, word = find_step(unit) or (0, "")
        written = f"{template}({quote_string(unit)}, {moment})"
        if number > 1:
            written = f"time_bucket(INTERVAL '{number} {word}s', {moment})"
        if zone and number:
            # Once a year, a clock shows an hour twice: its start is found from the time since.
            return Sql(f"{begun} - ({moment} - {written})", ADD)
        if self.facts.find_kind(arguments[0]) == "date":
            return Sql(f"{written}::DATE", CAST)  # of a day, too, it makes a time
        return Sql(f"timezone({zone}, {written})" if zone else written)

    def _write_clock(self, time: Expr, level: int = OR) -> str:
        """Write a time; one with a zone as a clock there shows it."""
        moment, zone = self.write(time), self._write_zone(time)
        return f"timezone({zone}, {moment.text})" if zone else moment.at(level)

    def _write_zone(self, node: Expr) -> str:
        zone = self.facts.find_zone(node)
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


def _find_level(template: str, place: int) -> int:
    """Return how tightly a value has to bind: as can be, but for an argument of a call."""
    hole = f"{{{place}}}"
    argument = rf"(?:(?<=\()|(?<=, )){re.escape(hole)}(?=[,)]| AS )"
    return OR if len(re.findall(argument, template)) == template.count(hole) else ATOM


def _slice_end(end: Value) -> str:
    """Return the last place of a slice, counted from 1 and with it; nothing for an open end."""
    assert end is None or isinstance(end, int)
    if end is None:
        return ""
    return str(end if end >= 0 else end - 1)


def _escape(character: str) -> str:
    return f"\\x{ord(character):02x}" if ord(character) < 0x80 else character
