"""What kind of value an expression gives, and whether it may be missing."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import assert_never

from .expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Cast,
    Col,
    Compare,
    Demean,
    Expr,
    IsIn,
    IsMissing,
    Let,
    Lit,
    Neg,
    Not,
    Value,
    list_children,
    list_choices,
    list_columns,
    substitute,
    walk,
)
from .formats import read_format
from .intervals import DAYS, SECONDS
from .ranges import Range, find_range
from .schema import Column, Kind, OddNumber, Schema
from .vocabulary import AGGREGATIONS, ROLLING, ROW_FUNCTIONS, WINDOWS, Function, Takes
from .windows import expand_change
from .workload import Query

NUMBERS: tuple[Kind, ...] = ("int", "decimal", "float")
ACCEPTED: dict[Takes, tuple[Kind, ...]] = {
    "number": NUMBERS,
    "text": ("string",),
    "date": ("date", "timestamp"),
    "timestamp": ("timestamp",),
    "condition": ("bool",),
    "ordered": (*NUMBERS, "string", "date", "timestamp"),
    "anything": (*NUMBERS, "string", "date", "timestamp", "bool"),
    "plain": ("int", "string", "date"),
    "castable": (*NUMBERS, "string", "bool"),
}
# What days have, too.
CALENDAR = {*map(Lit, (*DAYS, "days"))}
# What counts a condition as 1 or 0.
TRUTHS = {"sum", "cumsum", "mean"}
# What aggregations are of no rows; the others are missing.
OF_NOTHING: dict[str, Value] = {
    **dict.fromkeys(("sum", "count", "count_if", "size", "n_unique"), 0),
    "prod": 1.0,
    "any": False,
    "all": True,
}
# The adapters' own aggregations of numbers, which no query writes.
OWN = {"std_population", "var_population", "covar", "covar_population", "slope", "intercept"}
# Missing for negative numbers alone.
ROOTS = {"sqrt", "log", "log10", "log2", "log1p"}
ARROW: dict[Kind, str] = {
    "int": "int64",
    "float": "double",
    "string": "string",
    "bool": "bool",
    "date": "date32[day]",
    "timestamp": "timestamp[us]",
    "decimal": "decimal128(38, 10)",
    "null": "null",
}
# Numbers of rows, places and conditions: never an infinity, and never NaN.
FINITE = {
    *("integer", "count", "count_if", "size", "n_unique", "any", "all"),
    *("rank", "dense_rank", "row_number", "cumcount", "rolling_count"),
}
UNBOUNDED = {name for name, function in ROW_FUNCTIONS.items() if function.unbounded}
UNDEFINED = {name for name, function in ROW_FUNCTIONS.items() if function.undefined}
_NOTHING: Mapping[str, Kind] = MappingProxyType({})


class KindError(ValueError):
    """A value of a kind that its place cannot take; `node` is the value's expression."""

    def __init__(self, node: Expr, message: str) -> None:
        self.node = node
        super().__init__(message)


def find_kind(expr: Expr, schema: Schema) -> Kind:
    """Return the kind of an expression's value; raise KindError, or KeyError for no column."""
    return _Kinds(schema, _NOTHING).of(expr)


class _Kinds:
    """The kinds of expressions over a schema, and of the names that `Let` gave."""

    __slots__ = ("_known", "names", "schema")

    def __init__(self, schema: Schema, names: Mapping[str, Kind]) -> None:
        self.schema = schema
        self.names = names
        self._known: dict[int, Kind] = {}

    def of(self, node: Expr) -> Kind:
        """Return a node's kind, found once: a tree may hold a node many times."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._find(node)
        return found

    def _find(self, node: Expr) -> Kind:  # one line for each node
        if written := read_format(node):
            self.check_kind(written[0], "date", "format")
        match node:
            case Col(name):
                return self.names[name] if name in self.names else self.schema[name].kind
            case Lit(value):
                return _find_literal_kind(value)
            case Arith():
                return self.find_arithmetic_kind(node)
            case Neg(operand):
                return self.check_kind(operand, "number", "'-'")
            case Compare(op, left, right):
                self.require_one_kind(f"{op!r}", left, right)
                return "bool"
            case IsMissing(operand):
                self.of(operand)
                return "bool"
            case IsIn(operand, values):
                self.require_one_kind("'in'", operand, *values)
                return "bool"
            case Bool(op, operands):
                return self.check_conditions(f"{op!r}", *operands)
            case Not(operand):
                return self.check_conditions("'not'", operand)
            case Cast(operand, _):
                return self.of(operand)
            case Demean():
                return "float"
            case Call(name, arguments):
                return self.find_function_kind(name, ROW_FUNCTIONS[name], arguments)
            case Agg(name, arguments) if name in OWN:
                for argument in arguments:
                    self.check_kind(argument, "number", "a spread")
                return "float"
            case Agg("values", (argument,)):  # the oracle's own: lists of what a group has
                return self.of(argument)
            case Agg(name, arguments):
                return self.find_function_kind(name, (AGGREGATIONS | WINDOWS)[name], arguments)
            case Case(branches, otherwise):
                self.check_conditions("'if'", *(test for test, _ in branches))
                return self.require_one_kind("'if'", *(value for _, value in branches), otherwise)
            case Let(name, value, body):
                return _Kinds(self.schema, {**self.names, name: self.of(value)}).of(body)
            case _:
                assert_never(node)

    def check_kind(self, node: Expr, what: Takes, where: str) -> Kind:
        found = self.of(node)
        if found in ACCEPTED[what] or found == "null":
            return found
        mend = _MENDS.get((found, what), "")
        raise KindError(node, f"{where} needs {_WORDS[what]}, and this is {_WORDS[found]}{mend}")

    def check_conditions(self, where: str, *nodes: Expr) -> Kind:
        for node in nodes:
            self.check_kind(node, "condition", where)
        return "bool"

    def find_arithmetic_kind(self, node: Arith) -> Kind:
        if node.op == "+" and self.of(node.left) == self.of(node.right) == "string":
            return "string"
        kinds = [
            self.check_kind(side, "number", f"{node.op!r}") for side in (node.left, node.right)
        ]
        if node.op == "/" or (node.op == "**" and not _is_whole_power(node.right)):
            return "float"
        return _find_common_kind(kinds) or "null"

    def require_one_kind(self, where: str, *nodes: Expr) -> Kind:
        first = self.of(nodes[0])
        for node in nodes[1:]:
            common = _find_common_kind([first, self.of(node)])
            if common is None:
                kinds = (first, self.of(node))
                named = " and ".join(_WORDS[kind] for kind in kinds)
                mend = self._find_mend(where, dict(zip(kinds, (nodes[0], node), strict=True)))
                raise KindError(node, f"{where} mixes {named}{mend}")
            self.find_zones(where, nodes[0], node)
            first = common
        return first

    def _find_mend(self, where: str, mixed: dict[Kind, Expr]) -> str:
        """Return what to write instead of values of two kinds."""
        time = next((kind for kind in ("timestamp", "date") if kind in mixed), None)
        number = next((node for kind, node in mixed.items() if kind in NUMBERS), None)
        text = mixed.get("string")
        match text, number:
            case (None, None):
                return MOMENTS if mixed.keys() == {"date", "timestamp"} else ""
            case (None, _) if time:
                return f"; write year(…), or {_CONSTANTS[time]}" if where in COMPARED else ""
            case (None, _):
                return _MENDS["bool", "number"]
            case (Lit(), None) if time:
                zoned = self.has_zone(mixed[time])
                return f"; write {ZONED if zoned else _CONSTANTS[time]}"
            case (_, None):
                return f"; write {_PARSED[time]}" if time else ""
            case (Lit(str(written)), _):
                return "; write the number without quotes" if _DIGITS.match(written) else ""
            case (_, Lit()):
                return "; write the number in quotes"
        return _MENDS["string", "number"]

    def find_zones(self, where: str, one: Expr, other: Expr) -> None:
        """Raise KindError for a time with a zone beside one without: they have no order."""
        zoned = [self.has_zone(one), self.has_zone(other)]
        if zoned in ([True, False], [False, True]):
            mend = f"; a zone is written as {ZONED}"
            raise KindError(other, f"{where} mixes times with and without a zone{mend}")

    def has_zone(self, node: Expr) -> bool | None:
        match node:
            case Col(name) if name not in self.names and self.schema[name].kind == "timestamp":
                return "tz=" in self.schema[name].arrow
            case Lit(dt.datetime() as value):
                return value.tzinfo is not None
            case Call("truncate" | "offset", (moment, *_)):
                return self.has_zone(moment)
        return None

    def find_function_kind(
        self, name: str, function: Function, arguments: tuple[Expr, ...]
    ) -> Kind:
        if name in {"truncate", "offset"}:
            by_day = arguments[-1] in CALENDAR
            return self.check_kind(arguments[0], "date" if by_day else "timestamp", name)
        if name == "parse":
            self.check_kind(arguments[0], "text", name)
            return "timestamp" if re.search("%[HMS]", str(arguments[1])) else "date"
        if name == "map":
            value, default, *pairs = arguments
            self.require_one_kind("map", value, *pairs[::2])
            return self.require_one_kind("map", default, *pairs[1::2])
        kinds = []
        for argument in arguments[: function.count_values(len(arguments))]:
            summed = name in TRUTHS and self.of(argument) == "bool"
            kinds.append("int" if summed else self.check_kind(argument, function.takes, name))
        if name in SECONDS:
            self.require_one_kind(name, *arguments)
        if function.gives == "common":
            return self.require_one_kind(name, *arguments)
        if name == "rank" and Lit("average") in arguments:
            return "float"
        if function.gives != "same":
            return function.gives
        if "bound" in function.settings and self.require_one_kind(name, *arguments) != kinds[0]:
            raise KindError(
                arguments[0], f"{name} of an integer needs whole bounds; write number(…)"
            )
        return kinds[0]


MOMENTS = "; write date(…), or timestamp('2024-01-31 12:30:00')"
ZONED = "timestamp('2024-01-31 12:30:00+00:00')"
COMPARED = {*map(repr, ("==", "!=", "<", "<=", ">", ">=", "in"))}
_CONSTANTS = {"date": "date('2024-01-31')", "timestamp": "timestamp('2024-01-31 12:30:00')"}
_PARSED = {"date": "parse(…, '%Y-%m-%d')", "timestamp": "parse(…, '%Y-%m-%d %H:%M:%S')"}
_DIGITS = re.compile(r"[+-]?\d+(\.\d+)?\Z")
_MENDS = {
    ("string", "date"): f"; write {_PARSED['date']}",
    ("string", "timestamp"): f"; write {_PARSED['timestamp']}",
    ("date", "text"): "; write text(…)",
    ("timestamp", "text"): "; write format(…, '%Y-%m-%d')",
    ("bool", "number"): "; write 1 if … else 0",
    ("string", "number"): "; write number(…)",
    ("int", "text"): "; write text(…)",
    ("float", "plain"): "; write text(integer(…))",
}
_WORDS: dict[str, str] = {
    "number": "a number",
    "text": "text",
    "date": "a date",
    "timestamp": "a time",
    "condition": "a condition",
    "ordered": "something with an order",
    "anything": "a value",
    "plain": "an integer, a date or text",
    "castable": "a number, a condition or text",
    "int": "a number",
    "float": "a number",
    "decimal": "a number",
    "string": "text",
    "bool": "a condition",
    "null": "nothing",
}


def _find_literal_kind(value: object) -> Kind:
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "string"
        case dt.datetime():
            return "timestamp"
        case dt.date():
            return "date"
    return "null"


def _find_common_kind(kinds: list[Kind]) -> Kind | None:
    """Return the kind that holds all of these, or None where there is none."""
    found = [kind for kind in kinds if kind != "null"]
    if not found:
        return "null"
    if all(kind in NUMBERS for kind in found):
        return max(found, key=NUMBERS.index)
    return found[0] if len(set(found)) == 1 else None


def _is_whole_power(node: Expr) -> bool:
    match node:
        case Lit(int()):
            return True
    return False


def may_be_missing(expr: Expr, schema: Schema) -> bool:
    """Return whether an expression's value may be missing in some row or group of such data.

    True where in doubt. A group has at least one row, and a divisor may be 0 unless its range is
    known to leave 0 out.
    """
    return _Missing(schema, {}, {}).of(expr)


def find_required_columns(node: Expr) -> frozenset[str]:
    """Return the columns without which the value is missing whatever the others are."""
    match node:
        case Col(name):
            return frozenset({name})
        case Lit() | IsMissing() | Bool():
            return frozenset()
        case Case(branches, otherwise):
            values = [find_required_columns(value) for _, value in branches]
            return find_required_columns(otherwise).intersection(*values)
        case Let(name, value, body):
            return find_required_columns(substitute(body, {name: value}))
        case Call("map"):
            return frozenset()
        case Call("coalesce", arguments):
            first, *others = map(find_required_columns, arguments)
            return first.intersection(*others)
        case _:
            return frozenset().union(*map(find_required_columns, list_children(node)))


def may_be_undefined(node: Expr) -> bool:
    """Return whether a row function may have no value of values that are there."""
    match node:
        case Call("split", (_, Lit(str()), Lit(0 | -1))):
            return False
        case Call(name):
            return name in UNDEFINED
        case _:
            return False


def is_finite(node: Expr) -> bool:
    """Return whether a value is a number below infinity, or none, whatever its operands are."""
    match node:
        case Compare() | IsMissing() | IsIn() | Bool() | Not():
            return True
        case Call(name) | Agg(name):
            return name in FINITE
    return False


@dataclass(frozen=True, slots=True)
class _Missing:
    """Whether values may be missing; `names` and `ranges` have what `Let` named."""

    schema: Schema
    names: Mapping[str, bool]
    ranges: Mapping[str, Range]

    def of(self, node: Expr) -> bool:  # one line for each node
        match node:
            case Col(name):
                return self.names[name] if name in self.names else self.schema[name].missing
            case Lit(value):
                return value is None
            case IsMissing():
                return False
            case Arith(op, left, right):
                return self.of(left) or self.of(right) or self._may_be_undefined(op, left, right)
            case Call("coalesce", arguments):
                return all(map(self.of, arguments))
            case Call("map", (_, default, *pairs)):
                return any(map(self.of, (default, *pairs)))
            case Call("integer" | "number", (value,)) if self._is_whole(value):
                return self.of(value)
            case Call(name, arguments):
                values = arguments[: ROW_FUNCTIONS[name].count_values(len(arguments))]
                if any(map(self.of, values)):
                    return True
                if name in ROOTS:
                    return self.range(values[0]).negative
                return may_be_undefined(node)
            case Agg("rolling_count", (_, Lit(str()))):
                return True  # of a row without a time
            case Agg(name, arguments):
                return _may_aggregate_nothing(name, any(map(self.of, arguments)))
            case Case(branches, otherwise):
                return any(map(self.of, (*(value for _, value in branches), otherwise)))
            case Let(name, value, body):
                return self.within(name, value).of(body)
            case Neg(operand) | Not(operand) | IsIn(operand) | Cast(operand) | Demean(operand):
                return self.of(operand)
            case Compare(_, left, right):
                return self.of(left) or self.of(right)
            case Bool(_, operands):
                return any(map(self.of, operands))
            case _:
                assert_never(node)

    def within(self, name: str, value: Expr) -> _Missing:
        """Return what is known where a value has a name."""
        names = {**self.names, name: self.of(value)}
        return _Missing(self.schema, names, {**self.ranges, name: self.range(value)})

    def range(self, node: Expr) -> Range:
        return find_range(node, self.schema, self.ranges)

    def _is_whole(self, value: Expr) -> bool:
        """Return whether a value is an integer or a truth value, of which every cast is one."""
        known = all(name in self.schema and name not in self.names for name in list_columns(value))
        return known and find_kind(value, self.schema) in {"int", "bool"}

    def _may_be_undefined(self, op: str, left: Expr, right: Expr) -> bool:
        """Return whether arithmetic on values that are there may give none."""
        if self._may_be_infinite(left) or self._may_be_infinite(right):
            return True  # inf - inf, inf * 0, inf / inf, inf % 2
        match op:
            case "/":  # 0 / 0; any other numerator gives ±inf
                return self.range(left).has_zero and self.range(right).has_zero
            case "//" | "%":
                return self.range(right).has_zero
            case "**":
                return not _is_whole_power(right) and self.range(left).negative
        return False

    def _may_be_infinite(self, node: Expr) -> bool:
        return not self.range(node).finite and self.makes_infinity(node)

    def makes_infinity(self, node: Expr) -> bool:
        """Return whether an infinity is among the values here, or arithmetic may make one."""
        match node:
            case _ if is_finite(node):
                return False
            case Col(name) if name in self.schema and self.schema[name].has_infinity:
                return True
            case Let(name, value, body):
                return self.makes_infinity(value) or self.within(name, value).makes_infinity(body)
            case Arith("/", _, right) if self.range(right).has_zero:
                return True
            case Arith("**", _, right) if not _is_whole_power(right):
                return True
            case Call(name, _) if name in UNBOUNDED:
                return True
            case Agg("pct_change"):
                return self.makes_infinity(expand_change(node))
        return any(map(self.makes_infinity, list_children(node)))


# Missing where a group, or the rows before this one, have too few values.
UNSURE = {
    "std",
    "var",
    "corr",
    "covar",
    "slope",
    "intercept",
    "skew",
    "lag",
    "lead",
    "diff",
    "pct_change",
    *(ROLLING.keys() - {"rolling_count"}),
}


def _may_aggregate_nothing(aggregation: str, argument: bool) -> bool:
    if aggregation in UNSURE:
        return True
    return argument and aggregation not in {*OF_NOTHING, "rolling_count"}


def extend_schema(schema: Schema, query: Query) -> Schema:
    """Return the columns that a query's later clauses see: the data's and those it derives."""
    for output in query.derive:
        schema = with_column(schema, output.name, output.expression)
    return schema


def with_column(schema: Schema, name: str, expr: Expr) -> Schema:
    """Add one derived column to a schema, in place of one of its name."""
    found, missing = find_kind(expr, schema), may_be_missing(expr, schema)
    arrow = choose_type(found, expr, schema)
    ends = _find_ends(expr, schema) if found in {"int", "float"} else (None, None)
    odd = find_odd_numbers(expr, schema) if found == "string" else None
    nan = missing and found == "float"
    column = Column(name, found, arrow, missing, nan, *ends, odd_numbers=odd)
    others = (other for other in schema.columns if other.name != name)
    return Schema((*others, column), schema.rows)


# What makes odd numbers of texts that are joined with it.
ADDED: Mapping[OddNumber, str] = {"infinite": r"[eE]\+?[0-9]|[0-9]{9}", "underscored": "_"}


def find_odd_numbers(expr: Expr, schema: Schema) -> frozenset[OddNumber]:
    """Return what odd numbers may be in the texts that an expression makes."""
    known = [schema[name].odd_numbers for name in list_columns(expr) if name in schema]
    calls = (part for part in walk(expr) if isinstance(part, Call))
    joined = (one for call in calls if call.function == "concat" for one in call.arguments)
    added = "".join(str(one.value) for one in joined if isinstance(one, Lit))
    known += [frozenset({kind}) for kind, form in ADDED.items() if re.search(form, added)]
    return frozenset[OddNumber]().union(*(odd for odd in known if odd))


def _find_ends(expr: Expr, schema: Schema) -> tuple[int | float | None, int | float | None]:
    known = find_range(expr, schema)
    low, high = (end if math.isfinite(end) else None for end in (known.low, known.high))
    return low, high


def choose_type(found: Kind, expr: Expr, schema: Schema) -> str:
    """Return a kind's type; of times that of the column they are made of, for its zone's sake."""
    if found != "timestamp":
        return ARROW[found]
    made_of = (schema[name] for name in _list_sources(expr) if name in schema)
    return next((c.arrow for c in made_of if c.kind == "timestamp"), ARROW["timestamp"])


def _list_sources(expr: Expr) -> Iterator[str]:
    """Yield the columns that values are taken from, without those that only choose among them."""
    match expr:
        case Col(name):
            yield name
            return
        case Agg(_, (value, *_)):
            nodes: tuple[Expr, ...] = (value,)
        case _:
            nodes = list_choices(expr) or list_children(expr)
    for node in nodes:
        yield from _list_sources(node)


def may_be_condition(expr: Expr) -> bool:
    """Return whether an expression may be a condition, whatever its columns hold."""
    match expr:
        case Compare() | IsMissing() | IsIn() | Bool() | Not() | Col():
            return True
        case Lit(value):
            return value is None or isinstance(value, bool)
        case Case() | Call("coalesce" | "map"):
            return all(map(may_be_condition, list_choices(expr)))
        case Call(name, _):
            return ROW_FUNCTIONS[name].gives == "bool"
        case Agg(name, _):
            return name in {"any", "all"}
    return False
