"""What rounding may change of a value: the error term of each expression, as an expression.

An honest engine adds in another order, and so errs by the size of what it adds, not of the sum. The
bound of each value is itself an expression of the language (`sum(abs(v))` times a few units in the
last place), so the oracle answers it beside the value.

With n terms, unit u (2**-53, or 2**-24 where a column is float32), g = (n/4 + 32) u and the root of
the mean square q, the terms are, to first order:

    sum    g sum|x|          Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., 4.2:
    mean   g mean|x|         n u at most; a plain loop over equal values loses a quarter
    var    g var + 64 u q std + (g q)**2               Chan, Golub, LeVeque 1983, table 1:
    std    g std + 32 u q + min(g q, (g q)**2 / std)   updates lose the condition number once;
    corr   4 g + 64 u qx qy / (stdx stdy) + 1e-11      a difference of squares loses it twice

What an argument may be off is carried through by derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import assert_never

from ..spec.expression import (
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
    list_children,
    list_columns,
    rebuild,
    substitute,
)
from ..spec.kinds import find_kind
from ..spec.schema import Schema
from ..spec.vocabulary import CHOOSING
from ..spec.windows import expand_change
from .bounds import (
    absolute,
    add_up,
    aggregate_error,
    bound_power,
    bound_spread_by_values,
    over,
    plus,
    root,
    scale,
    shift,
    times,
    write_mean_square,
)

DOUBLE = 2.0**-53
SINGLE = 2.0**-24
# Of a float: what no engine's mathematical library leaves of a result (glibc: 1 to 2).
LIBRARY = 4
# Of a correlation near zero: what moments in one pass leave, up to a mean of 300 deviations.
CORRELATED, CORRELATED_SINGLE = 1e-11, 1e-4
STEPS = {"round", "floor", "ceil", "sign", "integer"}


# By how much more than its argument a function's value may be off: its slope at most.
SLOPES: dict[str, Callable[[Expr, Expr], Expr]] = {
    **dict.fromkeys(("sin", "cos", "atan", "tanh", "number"), lambda _, __: Lit(1.0)),
    "tan": lambda _, value: Arith("+", Lit(1), Arith("*", value, value)),
    "radians": lambda _, __: Lit(math.pi / 180),
    "degrees": lambda _, __: Lit(180 / math.pi),
    **dict.fromkeys(
        ("sinh", "cosh", "expm1"), lambda _, value: Arith("+", Lit(1), Call("abs", (value,)))
    ),
    "log2": lambda x, _: Arith("/", Lit(1 / math.log(2)), Call("abs", (x,))),
    "log1p": lambda x, _: Arith("/", Lit(1), Call("abs", (Arith("+", Lit(1), x),))),
}


class ErrorTerms:
    """Bounds the values of some rows; `push` gives the side of the nth step: -1, 0 or 1.

    `errors` holds what each column may be off, and `singles` are the columns of float32.
    """

    def __init__(self, rows: Schema, push: Callable[[int], int]) -> None:
        self.rows = rows
        self.push = push
        self.steps = 0
        self.errors: dict[str, Expr] = {}
        self.singles: set[str] = set()

    def bound_value(self, node: Expr) -> tuple[Expr, Expr | None]:
        """Return an expression with its steps pushed, and what it may be off: None is exact."""
        match node:
            case Col(name):
                return node, self.errors.get(name)
            case Lit() | IsMissing():
                return node, None
            case Arith("//" | "%"):
                return self.bound_quotient(node)
            case Arith():
                return self.bound_arithmetic(node)
            case Neg(operand):
                value, error = self.bound_value(operand)
                return Neg(value), error
            case Compare():
                return self.bound_comparison(node), None
            case IsIn(operand, values):
                value, error = self.bound_value(operand)
                if error is None:
                    return IsIn(value, values), None
                equal = tuple(Compare("==", operand, one) for one in values)
                return self.bound_value(Bool("or", equal) if len(equal) > 1 else equal[0])
            case Bool() | Not():
                return rebuild(
                    node, tuple(self.bound_value(part)[0] for part in list_children(node))
                ), None
            case Call():
                return self.call(node)
            case Case():
                return self.bound_case(node)
            case Let(name, value, body):
                return self.bound_value(substitute(body, {name: value}))
            case Agg():
                return self.bound_aggregation(node)
            case Cast() | Demean():
                raise AssertionError("an adapter's own: no query of a workload holds it")
            case _:
                assert_never(node)

    def bound_arithmetic(self, node: Arith) -> tuple[Expr, Expr | None]:
        """Write arithmetic: the bounds of its operands, carried on, and its own rounding."""
        (x, ex), (y, ey) = self.bound_value(node.left), self.bound_value(node.right)
        value = Arith(node.op, x, y)
        if ex is ey is None and self.is_exact(node):
            return value, None
        rounded = times(absolute(value), self.find_unit(node) * (LIBRARY if node.op == "**" else 1))
        match node.op:
            case "*":
                carried = plus(scale(absolute(x), ey), scale(absolute(y), ex))
                both = scale(ex, ey) if ex is not None else None
                carried = plus(carried, both)
            case "/":
                carried = over(plus(ex, scale(absolute(value), ey)), absolute(y))
            case "**" if isinstance(y, Lit) and isinstance(y.value, int) and y.value >= 1:
                # Not by the share of itself: of a correlation that is zero, the square may be off.
                carried = bound_power(x, ex, y.value)
            case "**":
                share = plus(over(scale(absolute(y), ex), absolute(x)), ey)
                carried = scale(absolute(value), share)
            case _:
                carried = plus(ex, ey)
        return value, plus(carried, rounded)

    def bound_quotient(self, node: Arith) -> tuple[Expr, Expr | None]:
        """Write `//` and `%`: the quotient of floats may lie on either side of a whole number."""
        (x, ex), (y, ey) = self.bound_value(node.left), self.bound_value(node.right)
        value: Expr = Arith(node.op, x, y)
        if ex is ey is None and self.is_exact(node):
            return value, None
        true = Arith("/", x, y)
        off = plus(
            times(absolute(true), 2 * self.find_unit(node)),
            over(plus(ex, scale(absolute(true), ey)), absolute(y)),
        )
        sign = self.take_side()
        if sign:
            whole = Call("floor", (shift(true, off, sign),))
            other = whole if node.op == "//" else Arith("-", x, Arith("*", y, whole))
            value = Case(((Compare("==", y, Lit(0)), Lit(None)),), other)
        if node.op == "//":
            return value, None
        size = Arith("+", absolute(x), absolute(y))
        return value, plus(
            times(size, 2 * self.find_unit(node)), plus(ex, scale(absolute(true), ey))
        )

    def bound_comparison(self, node: Compare) -> Expr:
        """Write a comparison: near an edge, its step says on which side."""
        (x, ex), (y, ey) = self.bound_value(node.left), self.bound_value(node.right)
        off = plus(ex, ey)
        if off is None:
            return Compare(node.op, x, y)
        sign = self.take_side()
        if not sign:
            return Compare(node.op, x, y)
        if node.op not in {"==", "!="}:
            return Compare(node.op, shift(x, off, sign), y)
        near = Compare("<=", absolute(Arith("-", x, y)), off)
        equal = near if sign > 0 else Bool("and", (near, Compare("<", off, Lit(0))))
        return equal if node.op == "==" else Not(equal)

    def call(self, node: Call) -> tuple[Expr, Expr | None]:
        """Write a row function, with the bound of its result."""
        parts = [self.bound_value(argument) for argument in node.arguments]
        if node.function in STEPS:
            return self.step(node, parts)
        x, ex = parts[0]
        value = Call(node.function, tuple(part for part, _ in parts))
        unit = self.find_unit(node)
        match node.function:
            case "abs":
                return value, ex
            case "sqrt":
                carried = over(ex, root(Call("max", (absolute(x), ex)))) if ex is not None else None
                return value, plus(carried, times(absolute(value), unit))
            case "log" | "log10":
                return value, plus(over(ex, absolute(x)), times(absolute(value), LIBRARY * unit))
            case "exp":
                return value, scale(absolute(value), plus(ex, Lit(LIBRARY * unit)))
            case "asin" | "acos":
                away = over(ex, root(Arith("-", Lit(1), Arith("*", x, x))))
                near = times(root(ex), 2) if ex is not None else None  # where the slope is steep
                carried = Call("min", (away, near)) if away and near else None
                return value, plus(carried, times(absolute(value), LIBRARY * unit))
            case "hypot" | "atan2":
                carried = plus(ex, parts[1][1])
                if node.function == "atan2":
                    carried = over(carried, Call("hypot", (x, parts[1][0])))
                return value, plus(carried, times(absolute(value), LIBRARY * unit))
            case function if function in SLOPES:
                carried = scale(SLOPES[function](x, value), ex)
                # One of its arguments is 1 + x, or its result less 1, where engines have no better.
                least = Lit(LIBRARY * unit) if function in {"log1p", "expm1"} else None
                return value, plus(plus(carried, times(absolute(value), LIBRARY * unit)), least)
            case "clip":
                return value, ex
            case "coalesce" | "map":
                return value, add_up([error for _, error in parts if error is not None])
            case "min" | "max":
                return value, add_up([error for _, error in parts if error is not None])
            case _:
                return value, None

    def step(self, node: Call, parts: list[tuple[Expr, Expr | None]]) -> tuple[Expr, Expr | None]:
        """Write a rounding: its argument may lie on either side of an edge.

        Places behind the point are a power of ten away, which has no end in binary: then the edge
        itself is only nearly where it should be.
        """
        (x, off), *places = parts
        rest = tuple(part for part, _ in places)
        unit = self.find_unit(node)
        if places and not self.is_exact(node):
            off = plus(off, times(absolute(x), 2 * unit))
        if off is None:
            return Call(node.function, (x, *rest)), None
        sign = self.take_side()
        value = Call(node.function, (shift(x, off, sign) if sign else x, *rest))
        return value, times(absolute(value), 2 * unit) if places else None

    def bound_case(self, node: Case) -> tuple[Expr, Expr | None]:
        """Write a choice: its bound is chosen as its value is."""
        branches, errors = [], []
        for condition, result in node.branches:
            test = self.bound_value(condition)[0]
            value, error = self.bound_value(result)
            branches.append((test, value))
            errors.append((test, error if error is not None else Lit(0.0)))
        otherwise, last = self.bound_value(node.otherwise)
        value = Case(tuple(branches), otherwise)
        if last is None and all(error == Lit(0.0) for _, error in errors):
            return value, None
        return value, Case(tuple(errors), last if last is not None else Lit(0.0))

    def bound_aggregation(self, node: Agg) -> tuple[Expr, Expr | None]:
        """Write an aggregation or a window, with the bound of its result."""
        if node.function in {"diff", "pct_change"}:
            return self.bound_value(expand_change(node))
        parts = [self.bound_value(argument) for argument in node.arguments]
        value = Agg(node.function, tuple(part for part, _ in parts))
        if not parts:
            return value, None
        x, ex = parts[0]
        grown = self.count_units(x, self.find_unit(node))
        own: Expr | None
        match node.function:
            case "mean" if self.find_kind(x) == "bool":
                return value, times(value, 2 * DOUBLE)
            case "prod":
                share = over(ex, absolute(x))
                return value, scale(
                    absolute(value), plus(times(grown, 4), aggregate_error("sum", share))
                )
            case "sum" | "cumsum" | "mean":
                whole = node.function != "mean" and self.is_exact(x)
                own = None if whole else Arith("*", Agg(node.function, (absolute(x),)), grown)
                return value, plus(own, aggregate_error(node.function, ex))
            case "rolling_sum" | "rolling_mean":
                # What has left a window may have left its rounding behind.
                whole = node.function == "rolling_sum" and self.is_exact(x)
                own = None if whole else Arith("*", Agg("sum", (absolute(x),)), grown)
                passed = "sum" if node.function == "rolling_sum" else "max"
                return value, plus(own, aggregate_error(passed, ex))
            case "rolling_std":
                most = Agg("max", (absolute(x),))
                squares = times(Arith("*", Arith("*", most, most), grown), 64)
                own = Call("min", (root(squares), Arith("/", squares, absolute(value))))
                return value, plus(own, aggregate_error("max", ex))
            case "rolling_median" | "ewm_mean":
                own = Arith("*", Agg("max", (absolute(x),)), grown)
                return value, plus(own, aggregate_error("max", ex))
            case "var" | "std":
                return value, plus(
                    self.bound_spread(value, x, grown), bound_spread_by_values(value, ex)
                )
            case "median" | "quantile":
                own = Arith("*", Agg("max", (absolute(x),)), grown)
                return value, plus(own, aggregate_error("max", ex))
            case "corr":
                return value, self.bound_correlation(x, parts[1][0], grown)
            case "lag" | "lead" if ex is not None:
                return value, Agg(node.function, (ex, *value.arguments[1:]))
            case function if function in CHOOSING:
                return value, aggregate_error("max", ex)
            case _:
                return value, None

    def bound_spread(self, value: Agg, x: Expr, grown: Expr) -> Expr:
        """Return what a variance or a standard deviation may be off by its own summing."""
        size = write_mean_square(x)
        unit, mean = self.find_unit(x), Arith("*", root(size), grown)  # what the mean may be off
        own = Arith("*", absolute(value), grown)
        if value.function == "var":
            passed = times(root(Arith("*", size, absolute(value))), 64 * unit)
            return Arith("+", Arith("+", own, passed), Arith("*", mean, mean))
        missed = Call("min", (mean, Arith("/", Arith("*", mean, mean), absolute(value))))
        return Arith("+", Arith("+", own, times(root(size), 32 * unit)), missed)

    def bound_correlation(self, x: Expr, y: Expr, grown: Expr) -> Expr:
        """Return what a correlation may be off by its own summing."""
        ratios = (Arith("/", write_mean_square(one), Agg("var", (one,))) for one in (x, y))
        unit = max(self.find_unit(x), self.find_unit(y))
        passed = times(root(Arith("*", *ratios)), 64 * unit)
        least = CORRELATED if unit == DOUBLE else CORRELATED_SINGLE
        return Arith("+", Arith("+", times(grown, 4), passed), Lit(least))

    def count_units(self, x: Expr, unit: float) -> Expr:
        """Return how many units the sum of a group's values may lose, as a share of its size."""
        terms: Expr = Arith("+", Arith("*", Agg("count", (x,)), Lit(0.25)), Lit(32.0))
        if unit == SINGLE:  # blocks of a few hundred, as all that sum float32 in float32 take
            terms = Call("min", (terms, Lit(4096.0)))
        return times(terms, unit)

    def take_side(self) -> int:
        """Return the side of the next step."""
        self.steps += 1
        return self.push(self.steps - 1)

    def is_exact(self, node: Expr) -> bool:
        """Return whether a value's type holds it without rounding."""
        return self.find_kind(node) not in {"float", "null"}

    def find_kind(self, node: Expr) -> str:
        """Return the kind of an expression over the rows."""
        return find_kind(node, self.rows)

    def find_unit(self, node: Expr) -> float:
        """Return the unit of rounding: float32's where any column of an expression has so few."""
        return DOUBLE if self.singles.isdisjoint(list_columns(node)) else SINGLE
