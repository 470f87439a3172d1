"""Bins of numbers: `bins(x, [0, 18, 65])`, `bins(x, 4)` and `quantile_bins(x, 4)` as conditions.

A bin of given edges is a text, as pandas labels it: `(0, 18]`. One of a number of bins is a place
from 0, because its edges depend on the data: on the smallest and largest value, or on quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .expression import Agg, Arith, Case, Compare, CompareOp, Expr, IsMissing, Lit, Not

MOST_BINS = 100

Number = int | float


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of a value between ascending edges; `right`: a bin has its upper edge, not the lower."""

    value: Expr
    edges: tuple[Number, ...]
    labels: tuple[str, ...]
    right: bool = True

    @property
    def is_labelled(self) -> bool:
        """Return whether a person chose the labels."""
        return self.labels != label_edges(self.edges, right=self.right)


def label_edges(edges: Sequence[Number], *, right: bool) -> tuple[str, ...]:
    """Return the names of intervals as pandas writes them: all edges as floats where one is."""
    shown = [float(edge) for edge in edges] if any(isinstance(e, float) for e in edges) else edges
    opening, closing = ("(", "]") if right else ("[", ")")
    return tuple(f"{opening}{low}, {high}{closing}" for low, high in pairwise(shown))


def write_bins(bins: Bins, edges: Sequence[Expr]) -> Case:
    """Return the conditions of bins; a value beyond the edges, or missing, has none."""
    op: CompareOp = "<=" if bins.right else "<"
    results = (Lit(None), *map(Lit, bins.labels))
    tests = (Compare(op, bins.value, edge) for edge in edges)
    return Case(tuple(zip(tests, results, strict=True)), Lit(None))


def read_bins(case: Case) -> Bins | None:
    """Return the bins that conditions are, or None for others."""
    value, op, edges, labels = None, None, [], []
    for test, result in case.branches:
        match test, result:
            case Compare("<=" | "<" as sign, tested, Lit(int() | float() as edge)), Lit(label):
                if (value or tested, op or sign) != (tested, sign):
                    return None
                value, op = tested, sign
                edges.append(edge)
                labels.append(label)
            case _:
                return None
    named = tuple(label for label in labels if isinstance(label, str))
    outside = labels[:1] == [None] and case.otherwise == Lit(None)
    if value is None or not outside or not named or len(named) != len(labels) - 1:
        return None
    return Bins(value, tuple(edges), named, right=op == "<=")


def compute_equal_widths(value: Expr, count: int) -> list[Expr]:
    """Return the inner edges of bins of the same width, from the smallest to the largest value."""
    low, high = Agg("min", (value,)), Agg("max", (value,))
    range_ = Arith("-", high, low)
    widths = (range_ if n == 1 else Arith("*", range_, Lit(n)) for n in range(1, count))
    return [Arith("+", low, Arith("/", width, Lit(count))) for width in widths]


def compute_equal_shares(value: Expr, count: int) -> list[Expr]:
    """Return the inner edges of bins with as many values each, as far as equal ones allow."""
    return [Agg("quantile", (value, Lit(place / count))) for place in range(1, count)]


NUMBERED = {"bins": compute_equal_widths, "quantile_bins": compute_equal_shares}


@dataclass(frozen=True, slots=True)
class NumberedBins:
    """A number of bins of a value, made by a word; without labels, they are numbered."""

    word: str
    value: Expr
    count: int
    labels: tuple[str, ...]


def read_numbered(case: Case) -> NumberedBins | None:
    """Return the numbered bins that conditions are, or None for others."""
    match case.branches:
        case ((Compare(_, value, _), _), *_):
            names = [name for _, name in case.branches]
        case _:
            return None
    for word, edges in NUMBERED.items():
        if case == number_bins(value, edges(value, len(names)), names):
            values = [n.value if isinstance(n, Lit) else None for n in names]
            labels = tuple(one for one in values if isinstance(one, str))
            if len(labels) == len(names) or values == list(range(len(names))):
                return NumberedBins(word, value, len(names), labels)
    return None


def number_bins(value: Expr, edges: Sequence[Expr], names: Sequence[Expr]) -> Case:
    """Return the conditions of bins that together hold all values; missing ones have none."""
    branches: list[tuple[Expr, Expr]] = [
        (Compare("<=", value, edge), name) for edge, name in zip(edges, names, strict=False)
    ]
    return Case((*branches, (Not(IsMissing(value)), names[-1])), Lit(None))
