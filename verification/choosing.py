"""What chooses among rows by floats whose last digits engines may disagree about.

A group, a rank or a count of distinct values is another where two such values meet in one engine
and not in the other, so nobody can say which answer is right.
"""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ..spec.expression import (
    Agg,
    Arith,
    Call,
    Case,
    Col,
    Expr,
    Let,
    Lit,
    list_aggregations,
    list_children,
    list_columns,
    substitute,
)
from ..spec.kinds import find_kind
from ..spec.ranges import find_range
from ..spec.schema import LARGEST_DIVIDED, SMALLEST_DIVIDED, Schema
from ..spec.unparse import write_text
from ..spec.vocabulary import CHOOSING
from ..spec.windows import rank_method
from ..spec.workload import Output, Query

# Their value is a place among others.
COUNTING = {"rank", "dense_rank", "percent_rank", "n_unique"}
# Each may fall on either side of an edge, which the variants of a query try.
STEPS = {"floor", "ceil", "round", "sign"}
# Up to here, neighbouring integers lie further apart than rounding: by 1e-9 of themselves.
SMALL_INTEGER = 10**9
# Every library rounds these alike.
EXACTLY_ROUNDED = STEPS | {"abs", "sqrt", "clip", "coalesce", "map", "min", "max", "number"}


@dataclass(frozen=True, slots=True)
class RoundedRows:
    """Rows of which the columns in `loose` may have other last digits in each engine.

    The columns in `singles` have float32's precision. Different values of those in `apart` lie
    further apart than rounding.
    """

    schema: Schema
    loose: AbstractSet[str]
    singles: AbstractSet[str]
    apart: AbstractSet[str] = frozenset()

    def find_choices(self, step: Query, *, last: bool) -> list[str]:
        """Return what a step chooses rows by, though engines may disagree about it."""
        outputs = (*step.aggregate, *step.transform)
        judged = () if not last or step.having else tuple(filter(is_rank, step.transform))
        placed = {
            write_text(agg.arguments[0])
            for agg in list_aggregations(*(o.expression for o in outputs if o not in judged))
            if agg.function in COUNTING and self.is_loose(agg.arguments[0])
            if not self.is_apart(agg.arguments[0])
        }
        keys = {key.name for key in step.order_by} - self.apart
        keys |= {*step.group_by} - self._find_safe_keys(step, last=last)
        if step.limit is not None and not last:
            keys |= {key.name for key in step.sort}
        made = {output.name for output in outputs if self.is_loose(output.expression)}
        return sorted({*placed, *(keys & (self.loose | made))})

    def _find_safe_keys(self, step: Query, *, last: bool) -> AbstractSet[str]:
        """Return the keys whose groups are the same everywhere, and that nothing reads later.

        What a group's key may be off is no column of its answer.
        """
        if step.transform:
            return self.apart
        if not last or not (step.aggregate or step.is_distinct):
            return set()
        return self.apart - {*(list_columns(step.having) if step.having else ())}

    def is_apart(self, node: Expr) -> bool:
        """Return whether different values lie further apart than rounding, as integers' thirds."""
        match node:
            case Col(name):
                return name in self.apart
            case Arith("/", Col(name), Lit(int() | float() as by)) if self._lies_apart(name):
                return SMALLEST_DIVIDED <= abs(by) <= LARGEST_DIVIDED
            case Arith("/", left, Lit(int() | float() as by)) if by and math.isfinite(by):
                if {self.schema[name].kind for name in list_columns(left)} != {"int"}:
                    return False
                numbers = find_range(left, self.schema)
                small = numbers.low >= -SMALL_INTEGER and numbers.high <= SMALL_INTEGER
                return small and find_kind(left, self.schema) == "int"
        return False

    def _lies_apart(self, name: str) -> bool:
        return name not in self.loose and name in self.schema and self.schema[name].apart

    def is_loose(self, node: Expr) -> bool:
        """Return whether engines may disagree about a value's last digits.

        Sums and products of two doubles are the same everywhere, and so are quotients by a column:
        by a constant, Polars multiplies by its reciprocal, which is exact for powers of two.
        """
        match node:
            case Col(name):
                return name in self.loose
            case Call(function) if function in STEPS:
                return False
            case _ if find_kind(node, self.schema) != "float":
                return False
            case Arith("/", _, right) if not (list_columns(right) or _is_power_of_two(right)):
                return True
            case Arith("+" | "-" | "*" | "/") if self.singles.isdisjoint(list_columns(node)):
                return any(map(self.is_loose, list_children(node)))
            case Arith():
                return True
            case Call(function) if function not in EXACTLY_ROUNDED:
                return True
            case Agg(function) if function not in CHOOSING:
                return True
            case Case(branches, otherwise):
                return any(map(self.is_loose, (*(value for _, value in branches), otherwise)))
            case Let(name, value, body):
                return self.is_loose(substitute(body, {name: value}))
            case _:
                return any(map(self.is_loose, list_children(node)))


def is_rank(output: Output) -> bool:
    """Return whether an output is a rank alone, which does not ask for the order of the rows."""
    match output.expression:
        case Agg("rank" | "dense_rank" | "percent_rank") as agg:
            return rank_method(agg) != "first"
    return False


def _is_power_of_two(node: Expr) -> bool:
    match node:
        case Lit(int() | float() as value):
            return abs(math.frexp(value)[0]) == 0.5
    return False
