"""Reads Python text into expression trees by `ast`; nothing is ever evaluated."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .calls import CallReader, Context
from .expression import (
    Arith,
    ArithOp,
    Call,
    Compare,
    CompareOp,
    Expr,
    IsIn,
    IsMissing,
    Lit,
    Neg,
    Not,
    build_case,
    build_chain,
)
from .intervals import SECONDS
from .python_syntax import MENDS, Parsed, describe_syntax, parse_syntax
from .ranges import compute_whole

DEEPEST = 100  # levels; Python's own unparser needs about five frames a level
TOO_LARGE = "this number does not fit in 64 bits"
LARGEST = 2**63  # a literal's magnitude; the engines' integers have 64 bits

ARITHMETIC: dict[type[ast.operator], ArithOp] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}
COMPARISONS: dict[type[ast.cmpop], CompareOp] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def parse_expression(text: str, context: Context = Context.TRANSFORM) -> Expr:
    """Read an expression; raise ExpressionError if it is invalid.

    >>> parse_expression("v1 + 1")
    Arith(op='+', left=Col(name='v1'), right=Lit(value=1))
    """
    return parse(text, context).expression


def parse(text: str, context: Context) -> Parsed:
    """Read an expression and the offsets of its nodes; raise ExpressionError if it is invalid."""
    root, offset_of = parse_syntax(text)
    converter = Converter(offset_of, context)
    tree = converter.parse_expr(root)
    converter.close()
    return Parsed(tree, converter.offsets)


@dataclass(slots=True)
class Converter(CallReader):
    """Turns Python's syntax tree into ours, noting every slip and each node's offset.

    `leaf` may read an expression in a way of its own (a def's `x["A"]`), or return None.
    """

    leaf: Callable[[ast.expr], Expr | None] | None = None
    depth: int = 0

    def parse_expr(self, node: ast.expr) -> Expr:
        """Turn one expression into a tree; after a slip, it is a missing value."""
        if self.depth >= DEEPEST:
            return self.add_slip(node, "nested too deeply")
        self.depth += 1
        made = self.leaf(node) if self.leaf else None
        if made is None:
            made = self._convert(node)
        self.depth -= 1
        self.kept.append(made)
        self.offsets[id(made)] = self.offset_of(node)
        return made

    def _convert(self, node: ast.expr) -> Expr:
        match node:
            case ast.Name(name):
                return self.parse_column(node, name)
            case ast.Constant(value):
                return self._parse_constant(node, value)
            case ast.BinOp(left, op, right):
                return self._parse_arithmetic(node, op, left, right)
            case ast.UnaryOp(op, operand):
                return self._parse_unary(node, op, operand)
            case ast.BoolOp(op, values):
                return self._parse_chain("and" if isinstance(op, ast.And) else "or", values)
            case ast.Compare():
                return self._parse_comparison(node)
            case ast.IfExp(test, body, orelse):
                return build_case(
                    ((self.parse_expr(test), self.parse_expr(body)),), self.parse_expr(orelse)
                )
            case ast.Call():
                return self.parse_call(node)
            case ast.Subscript(value, index) if _may_be_text(value, index):
                return self.parse_part(value, index)
        return self.add_slip(
            node, MENDS.get(type(node), f"{describe_syntax(node)} is not supported here")
        )

    def _parse_constant(self, node: ast.Constant, value: object) -> Expr:
        if isinstance(value, bool | str) or value is None:
            return Lit(value)
        if isinstance(value, int):
            if value <= LARGEST:
                return Lit(value)
            return self.add_slip(node, TOO_LARGE)
        if isinstance(value, float):
            if math.isfinite(value):
                return Lit(value)
            return self.add_slip(node, "this number is too large for a float")
        return self.add_slip(node, f"{describe_syntax(node)} is not supported here")

    def _parse_arithmetic(
        self, node: ast.AST, op: ast.operator, left: ast.expr, right: ast.expr
    ) -> Expr:
        if isinstance(op, ast.Add | ast.Sub) and (span := self._parse_span(right)):
            count, unit = span
            number = Lit(-count if isinstance(op, ast.Sub) else count)
            return Call("offset", (self.parse_expr(left), number, Lit(unit)))
        operands = self.parse_expr(left), self.parse_expr(right)
        if word := ARITHMETIC.get(type(op)):
            made = Arith(word, *operands)
            if abs(compute_whole(made) or 0) > LARGEST:
                return self.add_slip(node, TOO_LARGE)
            return made
        return self.add_slip(
            node, MENDS.get(type(op), f"{describe_syntax(op)} is not supported here")
        )

    def _parse_span(self, node: ast.expr) -> tuple[int, str] | None:
        """Return what is added to a time: `days(3)`."""
        match node:
            case ast.Call(func, [ast.Constant(int(count))], []):
                unit = self.parse_function_name(func)
                return (count, unit) if unit in SECONDS else None
        return None

    def _parse_unary(self, node: ast.AST, op: ast.unaryop, operand: ast.expr) -> Expr:
        inner = self.parse_expr(operand)
        match op:
            case ast.USub():
                return Neg(inner)
            case ast.UAdd():
                return inner
            case ast.Not():
                return Not(inner)
        return self.add_slip(node, MENDS[ast.Invert])

    def _parse_chain(self, op: Literal["and", "or"], values: list[ast.expr]) -> Expr:
        return build_chain(op, *(self.parse_expr(value) for value in values))

    def _parse_comparison(self, node: ast.Compare) -> Expr:
        rights = node.comparators
        lefts = [node.left, *rights[:-1]]
        parts = [
            self._compare(left, op, right)
            for left, op, right in zip(lefts, node.ops, rights, strict=True)
        ]
        return parts[0] if len(parts) == 1 else build_chain("and", *parts)

    def _compare(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Expr:
        match op:
            case ast.Is() | ast.IsNot():
                made = self._is(left, right)
            case ast.In() | ast.NotIn():
                made = self._is_in(left, right)
            case _:
                made = self._compare_values(COMPARISONS[type(op)], left, right)
        self.kept.append(made)
        self.offsets[id(made)] = self.offset_of(left)
        return Not(made) if isinstance(op, ast.IsNot | ast.NotIn) else made

    def _compare_values(self, op: CompareOp, left: ast.expr, right: ast.expr) -> Expr:
        for side in (left, right):
            if isinstance(side, ast.Constant) and side.value is None:
                return self.add_slip(
                    side, "a comparison with None is never true; write 'is None' or 'is not None'"
                )
        return Compare(op, self.parse_expr(left), self.parse_expr(right))

    def _is(self, left: ast.expr, right: ast.expr) -> Expr:
        if isinstance(right, ast.Constant) and right.value is None:
            return IsMissing(self.parse_expr(left))
        missing = isinstance(right, ast.Name) and right.id.lower() in {"null", "na", "nan"}
        mend = "write 'is None' for a missing value" if missing else "compare with '=='"
        return self.add_slip(right, f"'is' only works with None; {mend}")

    def _is_in(self, left: ast.expr, right: ast.expr) -> Expr:
        match left, right:
            case _, ast.Tuple(items) | ast.List(items) | ast.Set(items):
                if not items:
                    return self.add_slip(right, "this list is empty; give at least one value")
                return IsIn(self.parse_expr(left), tuple(self.parse_member(item) for item in items))
            case ast.Constant(str()), _:
                return Call("contains", (self.parse_expr(right), self.parse_expr(left)))
        return self.add_slip(right, "'in' needs a list of constants, such as in (1, 2)")


def _may_be_text(value: ast.expr, index: ast.expr) -> bool:
    """Return whether brackets may cut a text, and are no column as in `frame["name"]`."""
    quoted = isinstance(index, ast.Constant) and isinstance(index.value, str)
    return not quoted and not isinstance(value, ast.List | ast.Tuple | ast.Dict)
