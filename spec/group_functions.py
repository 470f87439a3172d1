"""Read a group function's `def` into trees of aggregations, with NumPy's semantics.

In such a tree an aggregation's argument may hold aggregations: `((x - x.mean()) ** 2).sum()`.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass, field

from .expression import (
    Agg,
    Arith,
    Bool,
    Call,
    Case,
    Col,
    Compare,
    Expr,
    Lit,
    Neg,
    reads_rows,
    walk,
)
from .parser import ARITHMETIC, COMPARISONS
from .python_syntax import ExpressionError, Slip
from .workload import Output

# What NumPy makes of an array is NaN as soon as one value is; its `nan` functions skip them.
METHODS = {"sum": "sum", "mean": "mean", "min": "min", "max": "max", "std": "std", "var": "var"}
FUNCTIONS = {**METHODS, "median": "median", "amin": "min", "amax": "max"}
SKIPPING = {f"nan{name}": name for name in (*METHODS, "median")}
POPULATION = {"std": "std_population", "var": "var_population"}
ROW = {
    name: name
    for name in (
        *("sqrt", "log", "log10", "log2", "log1p", "exp", "expm1", "abs", "floor", "ceil"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        *("radians", "degrees"),
    )
}
ROW |= {"absolute": "abs", "fabs": "abs", "arcsin": "asin", "arccos": "acos", "arctan": "atan"}
ROW |= {"deg2rad": "radians", "rad2deg": "degrees"}
MODULES = {"np": "np", "numpy": "np", "math": "math"}
NUMBERS = {"pi": math.pi, "e": math.e}
MOST_PATHS = 32  # ways through a def
CONDITIONS = (Compare, Bool)
# What NumPy answers with an array of a value for each row, whatever the array holds.
ARRAYS = {"argsort", "astype", "clip", "copy", "cumprod", "cumsum", "round"}


class ReturnedArrayError(ExpressionError):
    """A group function that returns an array: no engine has a use for its answer."""


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """A def's returned values as trees, and the values it names on the way."""

    body: tuple[Expr, ...]
    named: tuple[Output, ...]


def read_group(
    function: ast.FunctionDef, outputs: int, offset_of: Callable[[ast.AST], int]
) -> ReadGroup:
    """Read a def; ExpressionError at the first part that is not an aggregation."""
    reader = _GroupFunctionReader(offset_of, outputs)
    names: dict[str, Expr] = {a.arg: Col(a.arg) for a in function.args.args}
    values = reader.parse_block(function.body, names)
    return ReadGroup(values, tuple(reader.named))


@dataclass(slots=True)
class _GroupFunctionReader:
    offset_of: Callable[[ast.AST], int]
    outputs: int
    named: list[Output] = field(default_factory=list)
    paths: int = 0

    def fail(self, node: ast.AST, message: str) -> ExpressionError:
        return ExpressionError((Slip(self.offset_of(node), message),))

    def parse_block(self, statements: list[ast.stmt], names: dict[str, Expr]) -> tuple[Expr, ...]:
        """Read statements up to the values they return."""
        self.paths += 1
        match statements:
            case [ast.Return(ast.expr() as value), *_]:
                return self.read_outputs(value, names)
            case [ast.Expr(ast.Constant()) | ast.Pass(), *rest]:
                return self.parse_block(rest, names)
            case [ast.Assign([ast.Name(name)], value), *rest]:
                return self.parse_block(
                    rest, self.add_named(name, self.parse_value(value, names), names)
                )
            case [ast.AugAssign(ast.Name(name) as old, op, value) as node, *rest]:
                binary = ast.copy_location(
                    ast.BinOp(ast.copy_location(ast.Name(name), old), op, value), node
                )
                return self.parse_block(
                    rest, self.add_named(name, self.parse_value(binary, names), names)
                )
            case [ast.If() as node, *rest] if self.paths < MOST_PATHS:
                test = self.parse_scalar(node.test, names)
                then = self.parse_block([*node.body, *rest], names)
                other = self.parse_block([*node.orelse, *rest], names)
                pairs = zip(then, other, strict=True)
                return tuple(Case(((test, yes),), no) for yes, no in pairs)
            case [first, *_]:
                what = type(first).__name__.lower()
                raise self.fail(
                    first, f"'{what}' cannot be translated; engines that call Python run it"
                )
        raise self.fail(ast.Pass(lineno=1, col_offset=0), "this function may return nothing")

    def add_named(self, name: str, value: Expr, names: dict[str, Expr]) -> dict[str, Expr]:
        self.named.append(Output(name, value))
        return {**names, name: value}

    def read_outputs(self, node: ast.expr, names: dict[str, Expr]) -> tuple[Expr, ...]:
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        if len(parts) != self.outputs:
            raise self.fail(node, "the number of returned values does not match 'as'")
        for part in parts:
            if self.makes_array(part, names):
                raise self.fail_for_array(part)
        values = tuple(self.parse_value(part, names) for part in parts)
        for part, value in zip(parts, values, strict=True):
            if reads_rows(value):
                raise self.fail_for_array(part)
            if isinstance(value, CONDITIONS):
                raise self.fail(part, "this returns a boolean; an aggregation returns a number")
        return values

    def fail_for_array(self, node: ast.AST) -> ReturnedArrayError:
        message = "this returns an array; return one value for each name in 'as'"
        return ReturnedArrayError((Slip(self.offset_of(node), message),))

    def makes_array(self, node: ast.expr, names: dict[str, Expr]) -> bool:
        """Return whether a call makes an array of an array, though it cannot be translated."""
        match node:
            case ast.Call(ast.Attribute(ast.Name("np" | "numpy"), name), [array, *_]):
                pass
            case ast.Call(ast.Attribute(array, name)):
                pass
            case _:
                return False
        try:
            return name in ARRAYS and reads_rows(self.parse_value(array, names))
        except ExpressionError:
            return False

    def parse_scalar(self, node: ast.expr, names: dict[str, Expr]) -> Expr:
        """Read a condition of `if`: on an array, Python raises."""
        value = self.parse_value(node, names)
        if reads_rows(value) or not isinstance(value, CONDITIONS):
            raise self.fail(node, "a condition must compare single values, not arrays")
        return value

    def parse_value(self, node: ast.expr, names: dict[str, Expr]) -> Expr:  # one line for each node
        """Read an expression: an array's, or a single value's."""
        match node:
            case ast.Name(name) if name in names:
                return names[name]
            case ast.Constant(int() | float() as number) if not isinstance(number, bool):
                return Lit(number)
            case ast.Attribute(ast.Name(module), name) if module in MODULES and name in NUMBERS:
                return Lit(NUMBERS[name])
            case ast.Attribute(owner, "size"):
                return self.parse_length(owner, names)
            case ast.BinOp(left, ast.MatMult(), right):
                return self.parse_product(left, right, names)
            case ast.BinOp(left, ast.BitAnd() | ast.BitOr() as op, right):
                operands = (self.parse_condition(left, names), self.parse_condition(right, names))
                return Bool("and" if isinstance(op, ast.BitAnd) else "or", operands)
            case ast.BinOp(left, op, right):
                return self.parse_arithmetic(node, left, op, right, names)
            case ast.UnaryOp(ast.USub(), operand):
                return Neg(_number(self.parse_value(operand, names)))
            case ast.Compare(left, [op], [right]) if type(op) in COMPARISONS:
                return self.parse_comparison(left, op, right, names)
            case ast.BoolOp(op, operands):
                parts = tuple(self.parse_scalar(part, names) for part in operands)
                return Bool("and" if isinstance(op, ast.And) else "or", parts)
            case ast.IfExp(test, then, other):
                condition = self.parse_scalar(test, names)
                values = (_number(self.parse_value(part, names)) for part in (then, other))
                return Case(((condition, next(values)),), next(values))
            case ast.Call():
                return self.call(node, names)
        message = "cannot be translated; engines that call Python run it"
        raise self.fail(node, f"{ast.unparse(node)!r} {message}")

    def parse_comparison(
        self, left: ast.expr, op: ast.cmpop, right: ast.expr, names: dict[str, Expr]
    ) -> Expr:
        sides = (_number(self.parse_value(left, names)), _number(self.parse_value(right, names)))
        if isinstance(op, ast.NotEq):
            raise self.fail(left, "'!=' is true for NaN in Python; compare by '<' or '>'")
        return Compare(COMPARISONS[type(op)], *sides)

    def parse_condition(self, node: ast.expr, names: dict[str, Expr]) -> Expr:
        value = self.parse_value(node, names)
        if not isinstance(value, CONDITIONS):
            raise self.fail(node, "'&' and '|' need conditions on both sides")
        return value

    def parse_arithmetic(
        self,
        node: ast.expr,
        left: ast.expr,
        op: ast.operator,
        right: ast.expr,
        names: dict[str, Expr],
    ) -> Expr:
        x, y = _number(self.parse_value(left, names)), _number(self.parse_value(right, names))
        word = ARITHMETIC.get(type(op))
        if word is None:
            raise self.fail(node, "this operator cannot be translated")
        if word == "**" and not (isinstance(y, Lit) and y.value in {2, 3, 4, 0.5}):
            raise self.fail(right, "only the powers 2, 3, 4 and 0.5 can be translated")
        if word in {"//", "%"} and not (isinstance(y, Lit) and y.value):
            raise self.fail(
                right,
                "NumPy handles division by zero differently; divide by a constant other than 0",
            )
        return Arith(word, x, y)

    def call(self, node: ast.Call, names: dict[str, Expr]) -> Expr:
        match node:
            case ast.Call(ast.Name("len"), [array], []):
                return self.parse_length(array, names)
            case ast.Call(ast.Name("float" | "abs" as name), [argument], []):
                value = _number(self.parse_value(argument, names))
                return Call("abs", (value,)) if name == "abs" else value
            case ast.Call(ast.Attribute(ast.Name(module), name), arguments, keywords) if (
                module in MODULES and module not in names
            ):
                return self.parse_function(node, MODULES[module], name, arguments, keywords, names)
            case ast.Call(ast.Attribute(owner, name), [], keywords) if name in METHODS:
                return self.read_reduction(node, METHODS[name], owner, keywords, names)
            case ast.Call(ast.Attribute(owner, "any" | "all" as name), [], []):
                return self.read_any_all(node, name, owner, names)
        raise self.fail(node, f"{ast.unparse(node.func)} cannot be translated")

    def parse_function(  # noqa: PLR0913 - a call's parts
        self,
        node: ast.Call,
        module: str,
        name: str,
        arguments: list[ast.expr],
        keywords: list[ast.keyword],
        names: dict[str, Expr],
    ) -> Expr:
        match module, name, arguments, keywords:
            case _, _, [argument], [] if name in ROW:
                value = _number(self.parse_value(argument, names))
                if module == "math" and reads_rows(value):
                    raise self.fail(
                        node, f"math.{name} takes single values; use np.{name} for arrays"
                    )
                return Call(ROW[name], (value,))
            case "np", _, [array], _ if name in FUNCTIONS:
                return self.read_reduction(node, FUNCTIONS[name], array, keywords, names)
            case "np", _, [array], _ if name in SKIPPING:
                return self.read_reduction(node, SKIPPING[name], array, keywords, names, skip=True)
            case "np", "any" | "all", [array], []:
                return self.read_any_all(node, name, array, names)
            case "np", "where", [test, then, other], []:
                condition = self.parse_condition(test, names)
                values = (_number(self.parse_value(part, names)) for part in (then, other))
                return Case(((condition, next(values)),), next(values))
            case "np", "dot", [left, right], []:
                return self.parse_product(left, right, names)
            case "np", "ptp", [array], []:
                greatest = self.read_reduction(node, "max", array, [], names)
                return Arith("-", greatest, self.read_reduction(node, "min", array, [], names))
            case "np", "square", [argument], []:
                return Arith("**", _number(self.parse_value(argument, names)), Lit(2))
        raise self.fail(node, f"{module}.{name} cannot be translated")

    def read_reduction(  # noqa: PLR0913 - an aggregation's parts
        self,
        node: ast.AST,
        function: str,
        array: ast.expr,
        keywords: list[ast.keyword],
        names: dict[str, Expr],
        *,
        skip: bool = False,
    ) -> Expr:
        """Read an aggregation; NumPy's `std` and `var` are the population's unless ddof=1."""
        argument = self.parse_array(array, names)
        match keywords:
            case []:
                name = POPULATION.get(function, function)
            case [ast.keyword("ddof", ast.Constant(0 | 1 as less))] if function in POPULATION:
                name = function if less else POPULATION[function]
            case _:
                raise self.fail(node, "only the options ddof=0 and ddof=1 can be translated")
        found = Agg(name, (argument,))
        return found if skip else parse_whole(found)

    def read_any_all(
        self, node: ast.AST, name: str, array: ast.expr, names: dict[str, Expr]
    ) -> Expr:
        """Read `any` or `all` of a condition, in which NaN is not true: as a number, 1 or 0."""
        condition = self.parse_value(array, names)
        if not isinstance(condition, CONDITIONS) or not reads_rows(condition):
            raise self.fail(node, f"{name} needs a condition on an array")
        return Compare("==", Agg("max" if name == "any" else "min", (_number(condition),)), Lit(1))

    def parse_product(self, left: ast.expr, right: ast.expr, names: dict[str, Expr]) -> Expr:
        sides = (self.parse_array(left, names), self.parse_array(right, names))
        return parse_whole(Agg("sum", (Arith("*", *sides),)))

    def parse_length(self, node: ast.expr, names: dict[str, Expr]) -> Expr:
        self.parse_array(node, names)
        return Agg("size", ())

    def parse_array(self, node: ast.expr, names: dict[str, Expr]) -> Expr:
        value = _number(self.parse_value(node, names))
        if not reads_rows(value):
            raise self.fail(node, "this is a single value; an aggregation needs an array")
        return value


def parse_whole(agg: Agg) -> Case:
    """Return an aggregation that is missing as soon as one value is, as NumPy's are NaN."""
    counts = (Agg("count", (argument,)) for argument in agg.arguments)
    complete = tuple(Compare("==", count, Agg("size", ())) for count in counts)
    return Case(((complete[0] if len(complete) == 1 else Bool("and", complete), agg),), Lit(None))


def if_whole(node: Expr | None) -> Agg | None:
    """Return the aggregation of what `whole` made; None for anything else."""
    match node:
        case Case(((_, Agg() as agg),), _) if node == parse_whole(agg):
            return agg
    return None


def _number(node: Expr) -> Expr:
    """Return a condition as NumPy counts it: 1 where it is true, 0 where it is not."""
    return Case(((node, Lit(1)),), Lit(0)) if isinstance(node, CONDITIONS) else node


def aggregates(node: Expr) -> bool:
    """Return whether an expression contains an aggregation."""
    return any(isinstance(part, Agg) for part in walk(node))
