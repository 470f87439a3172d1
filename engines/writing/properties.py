"""Facts: what a schema tells of an expression - kind, range, whether it may be missing or NaN."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from ...spec.expression import (
    Agg,
    Arith,
    Call,
    Case,
    Col,
    Expr,
    Let,
    Lit,
    Neg,
    list_children,
    list_columns,
    walk,
)
from ...spec.gaps import derive_gaps_schema
from ...spec.kinds import (
    ROOTS,
    UNBOUNDED,
    UNDEFINED,
    choose_type,
    extend_schema,
    find_kind,
    find_odd_numbers,
    find_required_columns,
    is_finite,
    may_be_missing,
    with_column,
)
from ...spec.ranges import Range, find_range
from ...spec.schema import Column, Kind, OddNumber, Schema
from ...spec.unpivot import unpivot_schema
from ...spec.vocabulary import ROLLING, ROW_FUNCTIONS
from ...spec.windows import expand_change
from ...spec.workload import GroupFunction, Query, RowFunction
from .steps import is_present

# Of infinities, these may be no number.
MOMENTS = {
    *("sum", "mean", "std", "var", "median", "quantile", "cumsum", "prod", "ewm_mean"),
    *("covar", "covar_population"),
    *ROLLING,
}
CHANGES = {"diff", "pct_change"}
# Their result is no number for some arguments: floating-point arithmetic says NaN.
CAN_MAKE_NAN = {name for name in UNDEFINED if ROW_FUNCTIONS[name].gives == "float"}
WHOLE = {"int", "decimal", "bool"}
NARROW = {"int8", "int16", "int32", "uint8", "uint16", "uint32"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of expressions over a schema.

    `empty` tells that the aggregations may be of no rows at all.
    """

    data: Schema
    empty: bool = False

    def find_kind(self, node: Expr) -> Kind:
        """Return the kind of an expression's values."""
        return find_kind(node, self.data)

    def may_miss(self, node: Expr) -> bool:
        """Return whether a value can be missing."""
        nothing = self.empty and any(isinstance(part, Agg) for part in walk(node))
        return nothing or may_be_missing(node, self.data)

    def range(self, node: Expr) -> Range:
        """Return the range of an expression's numbers."""
        return find_range(node, self.data)

    def is_nonzero(self, node: Expr) -> bool:
        """Return whether no value is zero: as written, or by the range of the data."""
        match node:
            case Agg("sum", (values,)) if not (self.empty or self.may_miss(values)):
                return self.range(values).low > 0
        return not self.range(node).has_zero

    def is_natural(self, left: Expr, right: Expr) -> bool:
        """Return whether a quotient's operands have no sign, so that all engines divide alike."""
        return not self.range(left).negative and self.range(right).low > 0

    def makes_nan(self, node: Expr) -> bool:
        """Return whether floating-point arithmetic may make a NaN out of numbers here."""
        match node:
            case Col() | Lit():
                return False
            case _ if is_finite(node):
                return False
            case Agg(function) if function in CHANGES:
                return self.makes_nan(expand_change(node))
            case Arith("/", left, right) if self.is_nonzero(right) and self._is_whole(right):
                return self.makes_nan(left)
            case Arith() if self.makes_infinity(node):
                return True
            case Agg(function) if function in MOMENTS and self.makes_infinity(node):
                return True
            case Let(name, value, body):
                return self.makes_nan(value) or self._within(name, value).makes_nan(body)
            case Call("number", (operand,)) if self.find_kind(operand) in WHOLE:
                return False
            case Call(function, (operand,)) if function in CAN_MAKE_NAN:
                return (
                    function not in ROOTS or self.range(operand).negative or self.makes_nan(operand)
                )
            case Agg("corr" | "slope" | "intercept"):
                return True
            case Case(branches, otherwise):
                return any(map(self.makes_nan, (otherwise, *(value for _, value in branches))))
            case _:
                return any(map(self.makes_nan, list_children(node)))

    def _is_whole(self, node: Expr) -> bool:
        """Return whether values are integers, which are finite."""
        return self.find_kind(node) == "int" and not self.makes_infinity(node)

    def makes_infinity(self, node: Expr) -> bool:
        """Return whether an infinity is among the values here, or arithmetic may make one."""
        match node:
            case _ if is_finite(node):
                return False
            case Col(name) if name in self.data and self.data[name].has_infinity:
                return True
            case Let(name, value, body):
                return self.makes_infinity(value) or self._within(name, value).makes_infinity(body)
            case Arith("/", _, right) if not is_nonzero(right):
                if not (self.is_nonzero(right) and self.range(node).finite):
                    return True
            case Arith("**", _, power) if not _is_natural_power(power):
                return True
            case Call(function) if function in UNBOUNDED:
                return True
            case Agg(function) if function in CHANGES:
                return self.makes_infinity(expand_change(node))
        return any(map(self.makes_infinity, list_children(node)))

    def _within(self, name: str, value: Expr) -> Facts:
        """Return the facts where a value has a name."""
        return replace(self, data=with_column(self.data, name, value))

    def overflows(self, op: str, node: Expr, other: Expr) -> bool:
        """Return whether arithmetic with this column may leave its type of fewer than 64 bits.

        A small number added to 32 bits counts as safe.
        """
        if not isinstance(node, Col) or op not in {"+", "-", "*"} or node.name not in self.data:
            return False
        arrow = self.data[node.name].arrow
        return arrow in NARROW and not (op != "*" and arrow == "int32" and _is_small(other))

    def may_be_odd(self, number: Expr, kind: OddNumber) -> bool:
        """Return whether some text is a number that engines read as different ones."""
        return kind in find_odd_numbers(number, self.data)

    def is_distant(self, time: Expr) -> bool:
        """Return whether a time may have a year of less or more than four digits."""
        columns = (self.data[name] for name in list_columns(time) if name in self.data)
        return any(column.exceeds_nanoseconds for column in columns)

    def find_exact_unit(self, *times: Expr) -> str:
        """Return the unit that counts more between two times than a double does, or nothing."""
        if self.is_far(*times):
            return "us"
        types = (choose_type(self.find_kind(time), time, self.data) for time in times)
        return "ns" if any(found.startswith("timestamp[ns") for found in types) else ""

    def is_far(self, *times: Expr) -> bool:
        """Return whether nanoseconds do not reach some time."""
        return any(self.is_distant(time) or _is_distant_constant(time) for time in times)

    def find_zone(self, node: Expr) -> str:
        """Return the zone of times, as the columns that they are made of have it."""
        if self.find_kind(node) != "timestamp":
            return ""
        zone = re.search(r"tz=([^]]+)", choose_type("timestamp", node, self.data))
        return zone[1] if zone else ""

    def list_guards(self, node: Expr) -> tuple[str, ...]:
        """Return the columns whose missing value the expression would not pass on by itself."""
        passed = find_required_columns(node)
        names = (name for name in list_columns(node) if name not in passed)
        return tuple(name for name in names if self.may_miss(Col(name)))


def collect_row_facts(query: Query, data: Schema) -> Facts:
    """Return the facts of the rows that `where` lets through, with the derived columns."""
    empty = not query.group_by and (query.where is not None or not data.rows)
    if query.where is None:
        return Facts(extend_schema(data, query), empty)
    seen = tuple(
        replace(column, nulls=False, nans=False)
        if column.missing and is_present(query, column.name, data)
        else column
        for column in data.columns
    )
    return Facts(extend_schema(Schema(seen, data.rows), query), empty)


def has_missing_key(query: Query, data: Schema) -> bool:
    """Return whether any key may be missing, so that its group needs care."""
    facts = collect_row_facts(query, data)
    made = {output.name for output in query.derive if facts.makes_nan(output.expression)}
    return any(key in made or facts.may_miss(Col(key)) for key in query.group_by)


def collect_output_facts(query: Query, rows: Facts) -> Facts:
    """Return the facts of the answer's columns, the keys among them."""
    schema = rows.data
    if query.unpivot:
        return Facts(unpivot_schema(query.unpivot, schema))
    if query.gaps:
        return Facts(derive_gaps_schema(query.gaps, schema))
    kept = (*query.group_by, *query.select)
    answer = Schema(tuple(schema[name] for name in kept), schema.rows)
    for output in (*query.aggregate, *query.transform):
        column = with_column(schema, output.name, output.expression)[output.name]
        answer = Schema((*answer.columns, column), schema.rows)
    if query.extreme:
        column = replace(schema[query.extreme.column], name=query.extreme.name)
        answer = Schema((*answer.columns, column), schema.rows)
    return Facts(_add_function_outputs(query, schema, answer))


def _add_function_outputs(query: Query, rows: Schema, answer: Schema) -> Schema:
    """Add what a function of rows or groups gives; of one that is opaque nothing is known."""
    match query.apply:
        case RowFunction(output=name, body=body) if body is not None:
            column = with_column(rows, name, body)[name]
            return Schema((replace(column, nulls=True),), rows.rows)
        case RowFunction(output=name):
            return Schema((Column(name, "float", "double", nulls=True, nans=True),), rows.rows)
        case GroupFunction(outputs=names):
            columns = (Column(name, "float", "double", nulls=True, nans=True) for name in names)
            return Schema((*answer.columns, *columns), rows.rows)
        case None:
            return answer


def makes_double(node: Expr) -> bool:
    """Return whether an engine may well give a float where Python gives an integer."""
    match node:
        case Arith("**") | Call("floor" | "ceil" | "round"):
            return True
        case Col() | Agg("count" | "size" | "n_unique"):
            return False
        case _:
            return any(map(makes_double, list_children(node)))


def is_nonzero(node: Expr) -> bool:
    """Return whether an expression is a number other than zero, as written."""
    match node:
        case Lit(int() | float() as value):
            return value != 0
        case Neg(operand):
            return is_nonzero(operand)
        case _:
            return False


def _is_distant_constant(node: Expr) -> bool:
    match node:
        case Lit(dt.datetime() as value):
            return not 1677 < value.year < 2262
    return False


def _is_natural_power(node: Expr) -> bool:
    return isinstance(node, Lit) and isinstance(node.value, int) and node.value >= 0


def _is_small(node: Expr) -> bool:
    return isinstance(node, Lit) and isinstance(node.value, int) and abs(node.value) < 2**16
