"""Conditions over pandas' series: what is missing decides nothing.

Where a value is missing, NumPy's comparisons are False, except `!=`: only that one needs care.
"""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from ...spec.expression import (
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Not,
    list_children,
    list_columns,
    walk,
)
from ...spec.kinds import may_be_undefined
from ...spec.vocabulary import ROW_FUNCTIONS
from ..writing.dispatch import ExpressionWriter
from ..writing.quote import quote
from ..writing.steps import negate
from .text_types import TextType

BOOLEAN = {"and": ast.BitAnd(), "or": ast.BitOr()}


@dataclass(frozen=True, slots=True)
class ConditionWriter(ExpressionWriter[ast.expr]):
    """Writes the conditions over the columns of the frame called `frame`.

    `missing` says of a column that it may be missing. `arrow` tells of a column that it is text in
    Arrow's type: comparing it can give NA. `text` is how text is held.
    """

    frame: str
    missing: Callable[[str], bool]
    arrow: Callable[[str], bool] = lambda _: False
    text: TextType = TextType.STRINGS

    @property
    def parted(self) -> bool:
        """Return whether the frame is Dask's, and not a part of it or an answer."""
        return self.text is TextType.ARROW and self.frame == "data"

    @abstractmethod
    def as_series(self, node: Expr) -> ast.expr:
        """Write an expression as a series of the frame's index."""

    @abstractmethod
    def as_truths(self, node: Expr) -> ast.expr:
        """Write a chosen truth value in pandas' own type, whose missing values `~` and `|` know."""

    @abstractmethod
    def is_series(self, node: Expr) -> bool:
        """Return whether an expression is a series; `np.where` and a constant are not."""

    @abstractmethod
    def write_typed(self, node: Expr) -> ast.expr:
        """Write an expression whose parts of text are texts where all are missing, too."""

    def write_condition(self, node: Expr) -> ast.expr:
        """Write a condition: True where it is true, False where it is not or is missing."""
        match node:
            case Bool(op, operands):
                return self._join(op, operands)
            case Not(Col(name)) if self.missing(name):
                return quote("x == False", x=self.write_expression(node.operand))
            case Not(Col()):
                return quote("~x", x=self.write_condition(node.operand))
            case Not(IsMissing(operand)):
                return quote("x.notna()", x=self.as_series(operand))
            case Not(IsIn(operand, _)):
                return self._and_present(
                    quote("~x", x=self.write_expression(node.operand)), operand
                )
            case Not(operand) if not isinstance(negate(operand), Not):
                return self.write_condition(negate(operand))
            case Not((Case() | Call("coalesce" | "map")) as chosen):
                return self._drop_missing(ast.UnaryOp(ast.Invert(), self.as_truths(chosen)), chosen)
            case Not(operand):
                opposite = quote("~x", x=self.write_condition(operand))
                return self._and_present(opposite, *list_children(operand))
            case Compare("!=", left, right):
                return self._and_present(self.write_expression(node), left, right)
            case Col(name) if self.missing(name):
                return quote("x == True", x=self.write_expression(node))
            case Case() | Call("coalesce" | "map") if self.may_miss(node):
                return self._drop_missing(self.as_truths(node), node)
            case _:
                return self.write_expression(node)

    def _drop_missing(self, tree: ast.expr, node: Expr) -> ast.expr:
        return quote("t.fillna(False)", t=tree) if self.may_miss(node) else tree

    def write_comparison(self, node: Compare) -> ast.expr:
        """Write a comparison as NumPy decides it where a value is missing."""
        x, y = self.write_expression(node.left), self.write_expression(node.right)
        if node.op not in {"==", "!="}:
            x, y = self.write_typed(node.left), self.write_typed(node.right)
        tree = quote(f"x {node.op} y", x=x, y=y)
        match node:
            case Compare(_, Col(left), Col(right)) if self.arrow(left) and self.arrow(right):
                # Arrow's truth values do not mix with those of other comparisons.
                return quote("t.astype('boolean')", t=tree)
            case _:
                return tree

    def is_missing(self, operand: Expr) -> ast.expr:
        """Write the test for a missing value."""
        return quote("x.isna()", x=self.as_series(operand))

    def write_membership(self, node: IsIn) -> ast.expr:
        """Write the test for one of several constants."""
        listed = ast.List(list(map(self.write_expression, node.values)))
        return quote("x.isin(v)", x=self.as_series(node.operand), v=listed)

    def write_junction(self, node: Bool) -> ast.expr:
        """Write a chain of `and` or of `or`."""
        return self._join(node.op, node.operands)

    def write_opposite(self, operand: Expr) -> ast.expr:
        """Write the opposite of a condition."""
        return self.write_condition(Not(operand))

    def _join(self, op: str, operands: tuple[Expr, ...]) -> ast.expr:
        # The answers of `.str` and of Arrow's comparisons are two types, which do not mix with NA.
        parts = [part for operand in operands for part in walk(operand) if self._is_arrow(part)]
        mixed = all(any(isinstance(part, kind) for part in parts) for kind in (Call, Compare))
        write = self.decide if mixed else self.write_condition
        tree = write(operands[0])
        for operand in operands[1:]:
            tree = ast.BinOp(tree, BOOLEAN[op], write(operand))
        return tree

    def _and_present(self, tree: ast.expr, *operands: Expr) -> ast.expr:
        for operand in operands:
            if self.may_miss(operand):
                tree = quote("t & x.notna()", t=tree, x=self.as_series(operand))
        return tree

    def write_three_valued(self, node: Expr) -> ast.expr:
        """Write a condition as a value: missing where what is there does not decide it."""
        match node:
            case Bool(op, operands) if any(map(self.may_miss, operands)):
                parts = [self.write_three_valued(operand) for operand in operands]
                tree = parts[0]
                for part in parts[1:]:
                    tree = ast.BinOp(tree, BOOLEAN[op], part)
                return tree
            case Not(operand) if self.may_miss(operand):
                return quote("~x", x=self.write_three_valued(operand))
            case Col(name) if self.missing(name):
                return quote("x.astype('boolean')", x=self.write_expression(node))
            case IsMissing():
                return self.as_series(node)
            case Case() | Call("coalesce" | "map"):
                return self.as_truths(node)
            case _:
                return self._mask(self.write_condition(node), list_children(node))

    def _mask(self, tree: ast.expr, operands: tuple[Expr, ...]) -> ast.expr:
        """Take a condition as missing where an operand is."""
        masks = [quote("x.isna()", x=self.as_series(x)) for x in operands if self.may_miss(x)]
        if not masks:
            return tree
        if not any(map(self.is_series, operands)):
            tree = quote("pd.Series(v, index=f.index)", v=tree, f=quote(self.frame))
        mask = masks[0]
        for other in masks[1:]:
            mask = ast.BinOp(mask, ast.BitOr(), other)
        return quote("t.astype('boolean').mask(m)", t=tree, m=mask)

    def may_miss(self, node: Expr) -> bool:
        """Return whether an expression may be missing in a row."""
        match node:
            case IsMissing():
                return False
            case _:
                return can_be_missing(node, self.missing)

    def decide(self, node: Expr) -> ast.expr:
        """Write a condition without NA, which `np.where` cannot read.

        Dask tries a function on made-up rows, and there text is missing whatever the data says.
        """
        tree = self.write_condition(node)
        return quote("t.fillna(False)", t=tree) if self._is_arrow(node) else tree

    def write_numpy(self, node: Expr) -> ast.expr:
        """Write a condition as NumPy's booleans, for `np.select` reads no others."""
        tree = self.decide(node)
        return quote("t.astype(bool)", t=tree) if self._is_arrow(node) else tree

    def _is_arrow(self, node: Expr) -> bool:
        """Return whether a condition is of Arrow's texts, read or made of numbers."""
        made = self.text is TextType.ARROW and any(
            isinstance(part, Call) and part.function == "text" for part in walk(node)
        )
        return made or any(map(self.arrow, list_columns(node)))


def decides(node: Expr) -> bool:
    """Return whether an expression is a condition, which may be missing."""
    decided = isinstance(node, Call) and ROW_FUNCTIONS[node.function].gives == "bool"
    return decided or isinstance(node, Compare | Bool | Not | IsIn)


def _may_be_zero(node: Arith) -> bool:
    return bool(list_columns(node.right)) or (node.op != "**" and node.right == Lit(0))


def can_be_missing(node: Expr, missing: Callable[[str], bool]) -> bool:
    """Return whether an expression can be missing: an input is, or its arithmetic makes it so."""
    match node:
        case Call("coalesce", arguments):
            return all(can_be_missing(argument, missing) for argument in arguments)
        case Call("map", (_, default, *pairs)):
            return any(can_be_missing(part, missing) for part in (default, *pairs))
    makes = any(
        (isinstance(part, Arith) and part.op in {"/", "//", "%", "**"} and _may_be_zero(part))
        or may_be_undefined(part)
        or part == Lit(None)
        for part in walk(node)
    )
    return makes or any(missing(name) for name in list_columns(node))
