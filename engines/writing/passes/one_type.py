"""Numbers of one list in one type: a list of Polars has integers or floats, as its column has."""

from __future__ import annotations

from ....spec.expression import (
    Call,
    Case,
    Compare,
    Expr,
    IsIn,
    Lit,
    list_children,
    rebuild,
)
from ....spec.schema import Kind, Schema
from ....spec.workload import Query
from ..properties import Facts
from .kinds import rewrite_expressions


def unify_numbers(query: Query, data: Schema) -> Query:
    """Return the query with the constants of `in` and `map` in the types that they meet."""
    return rewrite_expressions(query, data, _unify)


def _unify(node: Expr, facts: Facts) -> Expr:
    parts = tuple(_unify(child, facts) for child in list_children(node))
    match node:
        case IsIn(operand, values):
            return _unify_members(parts[0], values, facts.find_kind(operand))
        case Call("map", (operand, *_)):
            return _unify_map(parts, facts.find_kind(operand), facts.find_kind(node))
        case _:
            return rebuild(node, parts)


def _unify_members(operand: Expr, values: tuple[Lit, ...], kind: Kind) -> Expr:
    met = tuple(v for v in (convert_number(value, kind) for value in values) if v)
    return IsIn(operand, met) if met else Compare("==", operand, values[0])


def _unify_map(parts: tuple[Expr, ...], keys: Kind, made: Kind) -> Expr:
    operand, default, *pairs = parts
    values = [_convert(value, made) or value for value in pairs[1::2]]
    default = _convert(default, made) or default
    met = [(_convert(key, keys), value) for key, value in zip(pairs[::2], values, strict=True)]
    kept = [part for key, value in met if key for part in (key, value)]
    if not kept:
        return Case(((Compare("==", operand, pairs[0]), values[0]),), default)
    return Call("map", (operand, default, *kept))


def _convert(value: Expr, kind: Kind) -> Expr | None:
    return convert_number(value, kind) if isinstance(value, Lit) else value


def convert_number(constant: Lit, kind: Kind) -> Lit | None:
    """Return a number as one of this kind, or nothing; any other constant as it is."""
    match constant.value, kind:
        case bool(), _:
            return constant
        case int(value), "float":
            return Lit(float(value)) if float(value) == value else None
        case float(value), "int":
            return Lit(int(value)) if value.is_integer() else None
        case _:
            return constant
