"""The one match on the expression tree, from which every writer has its methods."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Generic, TypeVar, assert_never

from ...errors import Unsupported
from ...spec.expression import (
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
    substitute,
)
from ...spec.formats import read_format

Written = TypeVar("Written")


class ExpressionWriter(ABC, Generic[Written]):
    """Writes expressions in one language, by a method for each kind of node."""

    __slots__ = ()

    def write_expression(self, node: Expr) -> Written:  # one line for each node
        """Write an expression; Unsupported where the language has no word for a part of it."""
        match node:
            case Col(name):
                return self.write_column(name)
            case Lit(value):
                return self.write_constant(value)
            case Arith():
                return self.write_arithmetic(node)
            case Neg(operand):
                return self.write_negative(operand)
            case Compare():
                return self.write_comparison(node)
            case IsMissing(operand):
                return self.is_missing(operand)
            case IsIn():
                return self.write_membership(node)
            case Bool():
                return self.write_junction(node)
            case Not(operand):
                return self.write_opposite(operand)
            case Call() | Case() if (text := self._write_time_text(node)) is not None:
                return text
            case Call():
                return self.call(node)
            case Cast():
                return self.cast(node)
            case Demean():
                return self.demean(node)
            case Case():
                return self.write_case(node)
            case Let(name, value, body):
                return self.write_expression(substitute(body, {name: value}))
            case Agg():
                return self.write_aggregation(node)
            case _:
                assert_never(node)

    @abstractmethod
    def write_column(self, name: str) -> Written:
        """Write a column."""

    @abstractmethod
    def write_constant(self, value: Value) -> Written:
        """Write a constant."""

    @abstractmethod
    def write_arithmetic(self, node: Arith) -> Written:
        """Write arithmetic of two operands."""

    @abstractmethod
    def write_negative(self, operand: Expr) -> Written:
        """Write a number with the other sign."""

    @abstractmethod
    def write_comparison(self, node: Compare) -> Written:
        """Write a comparison."""

    @abstractmethod
    def is_missing(self, operand: Expr) -> Written:
        """Write the test for a missing value."""

    @abstractmethod
    def write_membership(self, node: IsIn) -> Written:
        """Write the test for one of several constants."""

    @abstractmethod
    def write_junction(self, node: Bool) -> Written:
        """Write a chain of `and` or of `or`."""

    @abstractmethod
    def write_opposite(self, operand: Expr) -> Written:
        """Write the opposite of a condition."""

    @abstractmethod
    def call(self, node: Call) -> Written:
        """Write a row function of the language."""

    def cast(self, node: Cast) -> Written:
        """Write a value in another type."""
        raise Unsupported(f"{node.type}()", "not implemented for this engine")

    def demean(self, _node: Demean) -> Written:
        """Write a number less the mean of its group."""
        raise Unsupported("a number minus its group's mean", "not implemented for this engine")

    def _write_time_text(self, node: Expr) -> Written | None:
        form = read_format(node)
        return self.write_format(*form) if form else None

    def write_format(self, _time: Expr, _format: str) -> Written | None:
        """Write the text of a time; None where it is written of the parts of the time."""
        return None

    @abstractmethod
    def write_case(self, node: Case) -> Written:
        """Write the value of the first condition that is true."""

    def write_aggregation(self, agg: Agg) -> Written:
        """Write an aggregation, where the language has them."""
        raise Unsupported(f"{agg.function}()", "an aggregation needs a group")
