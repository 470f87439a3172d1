"""Expressions of what values may be off; an exact value has none, and no bound to compute.

`rounding` writes the bounds of a query with them.
"""

from __future__ import annotations

from ..spec.expression import Agg, Arith, Call, Expr, Lit


def shift(x: Expr, off: Expr | None, sign: int) -> Expr:
    """Return a value pushed to one side by what it is off."""
    assert off is not None
    return Arith("+" if sign > 0 else "-", x, off)


def bound_spread_by_values(value: Agg, error: Expr | None) -> Expr | None:
    """Return what a spread is off by what each of its values is off."""
    most = aggregate_error("max", error)
    return most if value.function == "std" else scale(times(root(absolute(value)), 2), most)


def write_mean_square(x: Expr) -> Expr:
    """Return the mean of the squares."""
    return Agg("mean", (Arith("*", x, x),))


def absolute(x: Expr) -> Expr:
    """Return the size of a value."""
    return Call("abs", (x,))


def times(x: Expr, factor: float) -> Expr:
    """Return a multiple."""
    return Arith("*", x, Lit(factor))


def scale(size: Expr, error: Expr | None) -> Expr | None:
    """Return a bound times a size; None where there is no bound."""
    return None if error is None else Arith("*", size, error)


def root(x: Expr) -> Expr:
    """Return the square root."""
    return Call("sqrt", (x,))


def over(error: Expr | None, divisor: Expr | None) -> Expr | None:
    """Return a bound over a divisor; None where there is none."""
    return None if error is None or divisor is None else Arith("/", error, divisor)


def plus(one: Expr | None, other: Expr | None) -> Expr | None:
    """Return the sum of two bounds, of which either may be none."""
    if one is None or other is None:
        return one if other is None else other
    return Arith("+", one, other)


def bound_power(x: Expr, error: Expr | None, power: int) -> Expr | None:
    """Return what a whole power of a value is off: at most its slope at the far end, times that."""
    if error is None:
        return None
    slope: Expr = Lit(float(power))
    if power > 1:
        slope = Arith("*", slope, Arith("**", Arith("+", absolute(x), error), Lit(power - 1)))
    return Arith("*", slope, error)


def add_up(errors: list[Expr]) -> Expr | None:
    """Return the sum of bounds; None of none."""
    total: Expr | None = None
    for error in errors:
        total = plus(total, error)
    return total


def aggregate_error(function: str, error: Expr | None) -> Expr | None:
    """Return an aggregation of a bound; None where there is none."""
    return None if error is None else Agg(function, (error,))
