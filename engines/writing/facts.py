"""Facts: what a schema tells of an expression - its kind, and whether it can be missing or NaN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

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
    children,
    columns,
)
from ...spec.schema import Kind, Schema
from ...spec.workload import Query
from .steps import present, substituted

CALL_KINDS: dict[str, Kind] = {
    "lower": "string",
    "upper": "string",
    "len": "int",
    "contains": "bool",
    "starts_with": "bool",
    "year": "int",
    "month": "int",
    "day": "int",
}
AGG_KINDS: dict[str, Kind] = {
    "count": "int",
    "size": "int",
    "n_unique": "int",
    "any": "bool",
    "all": "bool",
    "mean": "float",
    "std": "float",
    "var": "float",
    "median": "float",
    "quantile": "float",
    "corr": "float",
}
SAME_KIND = {"abs", "min", "max", "sum", "first", "last"}
CAN_MAKE_NAN = {"sqrt", "log", "log10"}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the expressions of one query over one dataset."""

    query: Query
    data: Schema

    def kind(self, node: Expr) -> Kind:
        """Give the kind of an expression's values; a power counts as float."""
        match node:
            case Col(name):
                return self._column_kind(name)
            case Lit(value):
                return literal_kind(value)
            case Arith("/" | "**"):
                return "float"
            case Arith(_, left, right):
                return _wider(self.kind(left), self.kind(right))
            case Neg(operand):
                return self.kind(operand)
            case Compare() | IsMissing() | IsIn() | Bool() | Not():
                return "bool"
            case Call(function, arguments) | Agg(function, arguments):
                return self._function_kind(function, arguments)
            case Case(branches, otherwise):
                return self._widest((*(value for _, value in branches), otherwise))
            case Let(name, value, body):
                return self.kind(substituted(body, {name: value}))
            case _:
                assert_never(node)

    def may_miss(self, node: Expr) -> bool:
        """Tell whether a value can be missing, from the data or by a division by zero."""
        match node:
            case Col(name):
                inner = self._inner(name)
                return self.may_miss(inner) if inner else not present(self.query, name, self.data)
            case Lit(value):
                return value is None
            case IsMissing():
                return False
            case Agg(function, arguments):
                return self._agg_may_miss(function, arguments)
            case Arith("/" | "//" | "%", left, right):
                return not nonzero(right) or self.may_miss(left)
            case Let(name, value, body):
                return self.may_miss(substituted(body, {name: value}))
            case Case(branches, otherwise):
                values = (*(value for _, value in branches), otherwise)
                return any(map(self.may_miss, values))
            case _:
                return makes_nan(node) or any(map(self.may_miss, children(node)))

    def guards(self, node: Expr) -> tuple[str, ...]:
        """Give the columns whose missing value the expression would not pass on by itself."""
        passed = strict(node)
        names = (name for name in columns(node) if name not in passed)
        return tuple(name for name in names if self.may_miss(Col(name)))

    def _inner(self, name: str) -> Expr | None:
        """Give the expression of a derived column or of an output."""
        for output in (*self.query.derive, *self.query.aggregate):
            if output.name == name and Col(name) != output.expression:
                known = set(columns(output.expression))
                return output.expression if name not in known else None
        return None

    def _column_kind(self, name: str) -> Kind:
        if name in self.data:
            return self.data[name].kind
        inner = self._inner(name)
        return self.kind(inner) if inner else "float"

    def _function_kind(self, function: str, arguments: tuple[Expr, ...]) -> Kind:
        if function in SAME_KIND:
            kind = self._widest(arguments)
            return "int" if function == "sum" and kind == "bool" else kind
        return CALL_KINDS.get(function) or AGG_KINDS.get(function, "float")

    def _widest(self, nodes: tuple[Expr, ...]) -> Kind:
        kinds = [self.kind(node) for node in nodes]
        kind = kinds[0]
        for other in kinds[1:]:
            kind = _wider(kind, other)
        return kind

    def _agg_may_miss(self, function: str, arguments: tuple[Expr, ...]) -> bool:
        match function:
            case "sum" | "count" | "size" | "n_unique" | "any" | "all":
                return False
            case "std" | "var" | "corr":
                return True
            case _:
                empty = not self.query.group_by and (self.query.where or not self.data.rows)
                return bool(empty) or self.may_miss(arguments[0])


def literal_kind(value: object) -> Kind:
    """Give the kind of a constant."""
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "string"
        case _:
            return "null"


def nonzero(node: Expr) -> bool:
    """Tell whether an expression is a number other than zero, as written."""
    match node:
        case Lit(int() | float() as value):
            return value != 0
        case Neg(operand):
            return nonzero(operand)
        case _:
            return False


def makes_nan(node: Expr) -> bool:
    """Tell whether floating-point arithmetic can make a NaN out of numbers here."""
    match node:
        case Arith("/", left, right) if nonzero(right):
            return makes_nan(left)
        case Arith("/"):
            return True
        case Arith("**", left, Lit(int() as power)) if power >= 0:
            return makes_nan(left)
        case Arith("**"):
            return True
        case Call(function) | Agg(function) if function in CAN_MAKE_NAN:
            return True
        case Compare() | IsMissing() | IsIn() | Bool() | Not():
            return False
        case Case(branches, otherwise):
            return makes_nan(otherwise) or any(makes_nan(value) for _, value in branches)
        case Agg(_, arguments):
            return any(map(makes_nan, arguments))
        case _:
            return any(map(makes_nan, children(node)))


def strict(node: Expr) -> frozenset[str]:
    """Give the columns without which the value is missing whatever the others are."""
    match node:
        case Col(name):
            return frozenset({name})
        case Lit() | IsMissing() | Bool():
            return frozenset()
        case Call("min" | "max"):
            return frozenset()
        case Case(branches, otherwise):
            values = [strict(value) for _, value in branches]
            return strict(otherwise).intersection(*values)
        case Let(name, value, body):
            return strict(substituted(body, {name: value}))
        case _:
            return frozenset().union(*map(strict, children(node)))


def _wider(one: Kind, other: Kind) -> Kind:
    for kind in ("null", "bool", "int"):
        if one == kind:
            return other if other != "null" else one
        if other == kind:
            return one
    return one
