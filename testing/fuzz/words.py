"""Random calls of the words that take one or two values: of numbers, texts, days and times."""

from __future__ import annotations

from random import Random

from ...spec.bins import Bins, label_edges, write_bins
from ...spec.expression import Call, Col, Expr, Lit

OF_ONE = (
    *("log2", "log1p", "expm1", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh"),
    *("tanh", "radians", "degrees", "sign", "sign"),
)
OF_TWO = ("atan2", "hypot", "coalesce", "coalesce")
# Columns of few whole numbers, and of texts of days.
WHOLE, WRITTEN, FORMAT = ("g", "i", "j", "n", "u"), "c", "%d/%m/%Y"


def grow_shape(draw: Random, x: Expr, y: Expr) -> Expr:
    """Grow a number that a word makes of one or two numbers."""
    match draw.randrange(5):
        case 0 | 1:
            return Call(draw.choice(OF_ONE), (x,))
        case 2:
            return Call("clip", (x, Lit(draw.choice((-2, 0))), Lit(draw.choice((2, 300)))))
        case 3:
            name = draw.choice(OF_TWO)
            filled = name == "coalesce" and draw.random() < 0.5
            return Call(name, (x, Lit(draw.choice((0, 1))) if filled else y))
        case _:
            return _map(
                draw,
                Col(draw.choice(WHOLE)),
                (0, 1, 2),
                (2.5, -1.5) if draw.random() < 0.5 else (7, 200),
            )


def grow_cast(draw: Random, text: Expr) -> Expr:
    """Grow the number that a text, a time or a number is."""
    match draw.randrange(5):
        case 0:
            return Call("number", (text,))
        case 1:
            return Call("integer", (Col(draw.choice("xy")),))
        case 2:
            return Call("minutes", (Col("m"), Col("m")) if draw.random() < 0.2 else _shift(draw))
        case 3:
            return Call(draw.choice(("year", "month", "day", "week", "quarter")), (_parse(),))
        case _:
            return _map(draw, text, ("a", "ab", "é"), (1, 200))


def grow_day(draw: Random) -> Expr:
    """Grow a day: of a time, or written in a text."""
    return Call("date", (Col(draw.choice("mz")),)) if draw.random() < 0.6 else _parse()


def grow_named(draw: Random, text: Expr) -> Expr:
    """Grow a text: of a table, a bin's name, one in upper case, filled or joined."""
    match draw.randrange(5):
        case 0:
            return Call("upper", (text,))
        case 1:
            return Call("coalesce", (text, Lit("none")))
        case 2:
            return Call("concat", (text, Lit("/"), Col("k")))
        case 3:
            return _map(draw, text, ("a", "b", ""), ("first", "é"))
        case _:
            edges = draw.choice(((-2, 0, 3), (0, 1.5, 9.0), (-1, 1)))
            right = draw.random() < 0.7
            bins = Bins(
                Col(draw.choice(("i", "j", "x", "y"))),
                edges,
                label_edges(edges, right=right),
                right,
            )
            return write_bins(bins, [*map(Lit, edges)])


def _parse() -> Expr:
    return Call("parse", (Col(WRITTEN), Lit(FORMAT)))


def _shift(draw: Random) -> tuple[Expr, Expr]:
    return Call("offset", (Col("m"), Lit(draw.choice((-90, 1))), Lit("minutes"))), Col("m")


def _map(
    draw: Random, x: Expr, keys: tuple[int | str, ...], values: tuple[int | float | str, ...]
) -> Expr:
    """Grow the entry of a table, with a default or none."""
    chosen = draw.sample(keys, 2)
    default = draw.choice((None, values[0]))
    pairs = (part for pair in zip(chosen, values, strict=True) for part in map(Lit, pair))
    return Call("map", (x, Lit(default), *pairs))
