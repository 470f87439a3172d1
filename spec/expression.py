"""The expression tree: what a workload asks of columns, in no engine's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

ArithOp = Literal["+", "-", "*", "/", "//", "%", "**"]
CompareOp = Literal["==", "!=", "<", "<=", ">", ">="]
CastType = Literal["int64", "float64", "boolean"]
Value: TypeAlias = int | float | str | bool | dt.date | dt.datetime | None


@dataclass(frozen=True, slots=True)
class Col:
    """A column of the frame, or an output of an earlier clause."""

    name: str


@dataclass(frozen=True, slots=True)
class Lit:
    """A constant; `None` is the missing value."""

    value: Value


@dataclass(frozen=True, slots=True)
class Arith:
    """Arithmetic of two operands, with Python's meaning."""

    op: ArithOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Neg:
    """The negative of a number."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; a chain `a < b < c` is read as `Bool("and", …)`."""

    op: CompareOp
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class IsMissing:
    """`x is None`; its opposite is `Not(IsMissing(x))`."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class IsIn:
    """`x in (1, 2, 3)`; the values are constants."""

    operand: Expr
    values: tuple[Lit, ...]


@dataclass(frozen=True, slots=True)
class Bool:
    """A flat chain of `and` or of `or`."""

    op: Literal["and", "or"]
    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A row function of the language: `abs`, `sqrt`, `round`, …"""

    function: str
    arguments: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """The same value in another type; no workload has it, but an engine may need it."""

    operand: Expr
    type: CastType


@dataclass(frozen=True, slots=True)
class Demean:
    """A number less the mean of its group; no workload has it, but an engine may need it."""

    operand: Expr
    keys: tuple[Col, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One flat chain of conditions: the value of the first that is true, else `otherwise`."""

    branches: tuple[tuple[Expr, Expr], ...]
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Let:
    """A named intermediate, kept so that its name survives into the programs."""

    name: str
    value: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Agg:
    """What ranges over the rows of a group: `sum(v1)`, `corr(v1, v2)`, `quantile(v3, 0.9)`.

    In a transform alone also a window function, whose value is another in each row: `rank(v1)`.
    """

    function: str
    arguments: tuple[Expr, ...]


Expr: TypeAlias = (
    Col
    | Lit
    | Arith
    | Neg
    | Compare
    | IsMissing
    | IsIn
    | Bool
    | Not
    | Call
    | Cast
    | Demean
    | Case
    | Let
    | Agg
)


def list_children(node: Expr) -> tuple[Expr, ...]:
    """Return the direct operands of a node, in the order of evaluation."""
    match node:
        case Col() | Lit():
            return ()
        case Arith(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Neg(operand) | Not(operand) | IsMissing(operand) | Cast(operand, _):
            return (operand,)
        case Demean(operand, keys):
            return (operand, *keys)
        case IsIn(operand, values):
            return (operand, *values)
        case Bool(_, operands):
            return operands
        case Call(_, arguments) | Agg(_, arguments):
            return arguments
        case Case(branches, otherwise):
            return (*(part for branch in branches for part in branch), otherwise)
        case Let(_, value, body):
            return (value, body)


def list_choices(node: Expr) -> tuple[Expr, ...]:
    """Return the values of which a node gives one; none where it makes its own."""
    match node:
        case Case(branches, otherwise):
            return (*(value for _, value in branches), otherwise)
        case Call("map", (_, default, *pairs)):
            return (default, *pairs[1::2])
        case Call("coalesce" | "min" | "max", values):
            return values
        case _:
            return ()


def substitute(expression: Expr, names: Mapping[str, Expr]) -> Expr:
    """Put expressions in place of columns of these names."""
    if isinstance(expression, Col):
        return names.get(expression.name, expression)
    return rebuild(expression, tuple(substitute(c, names) for c in list_children(expression)))


def rebuild(node: Expr, parts: tuple[Expr, ...]) -> Expr:
    """Return the node with other children, in the order of `children`."""
    match node:
        case Col() | Lit():
            return node
        case Arith(op, _, _):
            return Arith(op, *parts)
        case Compare(op, _, _):
            return Compare(op, *parts)
        case Neg():
            return Neg(*parts)
        case Not():
            return Not(*parts)
        case IsMissing():
            return IsMissing(*parts)
        case IsIn(_, values):
            return IsIn(parts[0], values)
        case Bool(op, _):
            return Bool(op, parts)
        case Call(function, _):
            return Call(function, parts)
        case Cast(_, type_):
            return Cast(parts[0], type_)
        case Demean(_, keys):
            return Demean(parts[0], keys)
        case Agg(function, _):
            return Agg(function, parts)
        case Case(branches, _):
            pairs = tuple((parts[2 * i], parts[2 * i + 1]) for i in range(len(branches)))
            return Case(pairs, parts[-1])
        case Let(name, _, _):
            return Let(name, *parts)


def walk(node: Expr) -> Iterator[Expr]:
    """Yield a node and everything below it, depth first."""
    yield node
    for child in list_children(node):
        yield from walk(child)


def list_columns(*nodes: Expr) -> tuple[str, ...]:
    """Return the columns that expressions read, by first appearance; `Let` names are left out."""
    bound = {node.name for root in nodes for node in walk(root) if isinstance(node, Let)}
    names = (node.name for root in nodes for node in walk(root) if isinstance(node, Col))
    return tuple(dict.fromkeys(name for name in names if name not in bound))


def list_aggregations(*nodes: Expr) -> tuple[Agg, ...]:
    """Return the distinct aggregations of expressions, in order of first appearance."""
    return tuple(dict.fromkeys(n for root in nodes for n in walk(root) if isinstance(n, Agg)))


def reads_rows(node: Expr) -> bool:
    """Return whether an expression has a value for each row: it reads a column directly."""
    match node:
        case Agg():
            return False
        case Col():
            return True
        case _:
            return any(map(reads_rows, list_children(node)))


def is_aggregated(node: Expr) -> bool:
    """Return whether an expression has an aggregation, and no column outside of one."""
    return bool(list_aggregations(node)) and not reads_rows(node)


def choose_fresh_name(name: str, taken: set[str]) -> str:
    """Return a name that is not taken, near to this one."""
    if name not in taken:
        return name
    return next(f"{name}_{n}" for n in range(2, 10_000) if f"{name}_{n}" not in taken)


def build_case(branches: tuple[tuple[Expr, Expr], ...], otherwise: Expr) -> Case | Call:
    """Return one flat chain: a chain in the `else` of another continues it.

    Another value where one is missing is `coalesce`.
    """
    match otherwise:
        case Case(more, last):
            return Case((*branches, *more), last)
    match branches:
        case ((IsMissing(value), other),) if value == otherwise and other != Lit(None):
            return Call("coalesce", (value, other))
        case ((Not(IsMissing(value)), kept),) if value == kept and otherwise != Lit(None):
            return Call("coalesce", (value, otherwise))
    return Case(branches, otherwise)


def build_chain(op: Literal["and", "or"], *operands: Expr) -> Bool:
    """Return one flat `and` or `or`: nested ones with the same operator are merged."""
    flat: list[Expr] = []
    for operand in operands:
        match operand:
            case Bool(inner, parts) if inner == op:
                flat += parts
            case _:
                flat.append(operand)
    return Bool(op, tuple(flat))
