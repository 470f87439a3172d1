"""Sums about a mean, in a group function, as the aggregations that libraries have for them.

`((x - x.mean()) * y).sum()` is a covariance times the number of rows, and divided by
`((x - x.mean()) ** 2).sum()` it is the slope of the line of y over x. A library's own word takes
one pass over the rows, where the formula needs the means first. It is also more exact: what
rounding leaves of the sum of `x - x.mean()` is multiplied by the mean of y. A formula that centres
both stays as it is, for no word of one pass is as exact as that.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from ....spec.expression import Agg, Arith, Expr, Lit, list_children, reads_rows, rebuild
from ....spec.group_functions import aggregates, if_whole, parse_whole
from ....spec.schema import Schema
from ....spec.workload import GroupFunction, Query

SIZE = Agg("size", ())


def name_moments(query: Query, _data: Schema, words: AbstractSet[str]) -> Query:
    """Return the query with a group function's sums about means under an engine's own words."""
    function = query.apply
    if not isinstance(function, GroupFunction) or function.body is None:
        return query
    namer = _Namer(words)
    return replace(query, apply=replace(function, body=tuple(map(namer.rewrite, function.body))))


@dataclass(frozen=True, slots=True)
class _Namer:
    words: AbstractSet[str]

    def rewrite(self, node: Expr) -> Expr:
        found = self.name(node)
        return found or rebuild(node, tuple(map(self.rewrite, list_children(node))))

    def name(self, node: Expr) -> Expr | None:
        """Return the aggregation that a formula is."""
        match node:
            case Arith("-", mean, Arith("*", one, other)):
                found = self.name_intercept(mean, one, other)
                return found or self.name_intercept(mean, other, one)
            case Arith("/", above, below):
                return self.name_quotient(above, below)
        return _name_moment(node)

    def name_intercept(self, mean: Expr, slope: Expr, mean_x: Expr) -> Expr | None:
        """Name `mean(y) - slope * mean(x)`."""
        line = if_whole(self.name(slope))
        if "intercept" not in self.words or line is None or line.function != "slope":
            return None
        means = tuple(parse_whole(Agg("mean", (value,))) for value in line.arguments)
        return parse_whole(Agg("intercept", line.arguments)) if (mean, mean_x) == means else None

    def name_quotient(self, above: Expr, below: Expr) -> Expr | None:
        """Name a moment by that of x alone, or a sum by one row less."""
        moment = _find_moment(above)
        if moment is None:
            return None
        y_over_x = moment.values[::-1]
        covariance = parse_whole(Agg("covar", y_over_x))
        if moment.function == "sum" and below == Arith("-", SIZE, Lit(1)):
            return covariance
        if not _is_spread(below, moment):
            return None
        if "slope" in self.words:
            return parse_whole(Agg("slope", y_over_x))
        return Arith("/", covariance, parse_whole(Agg("var", moment.values[:1])))


@dataclass(frozen=True, slots=True)
class _Moment:
    """The sum or the mean of the products of x, centred, and y, which is not."""

    function: str
    values: tuple[Expr, Expr]


def _name_moment(node: Expr) -> Expr | None:
    moment = _find_moment(node)
    if moment is None:
        return None
    covariance = parse_whole(Agg("covar_population", moment.values[::-1]))
    return Arith("*", covariance, SIZE) if moment.function == "sum" else covariance


def _find_moment(node: Expr) -> _Moment | None:
    match if_whole(node):
        case Agg("sum" | "mean" as function, (Arith("*", one, other),)):
            for centred, y in ((one, other), (other, one)):
                x = _find_centred(centred)
                if x is not None and reads_rows(y) and not aggregates(y):
                    return _Moment(function, (x, y))
    return None


def _is_spread(node: Expr, moment: _Moment) -> bool:
    """Return whether a value is the sum, or the mean, of the squares of a moment's centred x."""
    match if_whole(node):
        case Agg(function, (Arith("*", one, other),)) if one == other:
            pass
        case Agg(function, (Arith("**", one, Lit(2)),)):
            pass
        case _:
            return False
    return function == moment.function and _find_centred(one) == moment.values[0]


def _find_centred(node: Expr) -> Expr | None:
    """Return x of `x - mean(x)`."""
    match node:
        case Arith("-", x, mean) if mean == parse_whole(Agg("mean", (x,))) and not aggregates(x):
            return x
    return None
