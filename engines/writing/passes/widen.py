"""Integers of 64 bits wherever arithmetic could leave fewer; whole numbers left as they are.

Engines keep a column's width in arithmetic, where the language has no width: 200 + 100 is 300 in a
column of 8 bits, too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ....spec.expression import (
    Agg,
    Arith,
    Call,
    Case,
    Cast,
    Col,
    Expr,
    Lit,
    Neg,
    list_children,
    list_columns,
    rebuild,
    walk,
)
from ....spec.kinds import KindError, extend_schema, find_kind, may_be_missing
from ....spec.ranges import find_range
from ....spec.schema import Schema
from ....spec.vocabulary import CHOOSING, ROW_FUNCTIONS
from ....spec.workload import Output, Query, RowFunction
from ..properties import NARROW
from ..sequence import answer_schema

WHOLE = {"floor", "ceil", "round"}
SAME = {"same", "common"}
SHORT = {"int8", "int16", "uint8", "uint16"}
# The smallest integers of widths; what has no sign has no negative at all.
LOWEST = {f"int{bits}": -(2.0 ** (bits - 1)) for bits in (8, 16, 32)}
LOWEST |= {f"uint{bits}": math.inf for bits in (8, 16, 32, 64)}


def widen(query: Query, data: Schema, *, gaps: bool = True) -> Query:
    """Return the query with narrow integers widened; `gaps` tells that missing ones are integers.

    pandas, for one, holds integers with missing values as floats, which need no care.
    """
    if not _concerns(query, data):
        return query
    rows = _Widener(extend_schema(data, query), gaps, bool(query.joins) or data.computed)
    derive = tuple(map(rows.derive_wide, query.derive))
    # pandas sums groups in as many bits as they need, and beside rows in those of the column.
    grouped = replace(rows, summed=(*NARROW, "uint64")) if query.group_by and not gaps else rows
    if not query.group_by:
        grouped = replace(grouped, counting=("sum", "cumsum", "ffill", "bfill"))
    aggregate = tuple(map(grouped.widen_output, query.aggregate))
    transform = tuple(map(grouped.widen_output, query.transform))
    where = None if query.where is None else rows.rewrite(query.where)
    having = query.having
    if having is not None:
        having = replace(rows, data=answer_schema(query, data), unsure=True).rewrite(having)
    apply = query.apply
    if isinstance(apply, RowFunction) and apply.body is not None:
        apply = replace(apply, body=rows.rewrite(apply.body))
    return replace(
        query,
        where=where,
        apply=apply,
        derive=derive,
        aggregate=aggregate,
        transform=transform,
        having=having,
    )


def widen_beside_floats(query: Query, data: Schema) -> Query:
    """Return the query with narrow integers widened, for an engine that holds gaps as floats."""
    return widen(query, data, gaps=False)


def widen_in_loops(node: Expr, data: Schema) -> Expr:
    """Widen what compiled loops would not compute in 64 bits: changes of sign, and functions.

    Of the smallest integer of a width, and of numbers without a sign, the negative has no place.
    NumPy's functions of 8 and 16 bits give floats of 32.
    """
    made = rebuild(node, tuple(widen_in_loops(part, data) for part in list_children(node)))
    widener = _Widener(data, gaps=False)
    if isinstance(made, Neg) or (isinstance(made, Call) and made.function == "abs"):
        (x,) = list_children(made)
        return rebuild(made, (widener.widen_lowest(x),))
    if isinstance(made, Call) and ROW_FUNCTIONS[made.function].gives == "float":
        return rebuild(made, tuple(map(widener.widen_short, made.arguments)))
    return made


def _concerns(query: Query, data: Schema) -> bool:
    if any(data[name].arrow in NARROW or data[name].kind == "bool" for name in query.reads):
        return True
    return any(
        isinstance(n, Call) and n.function in WHOLE for e in _list_roots(query) for n in walk(e)
    )


def _list_roots(query: Query) -> Iterable[Expr]:
    outputs = (*query.derive, *query.aggregate, *query.transform)
    body = query.apply.body if isinstance(query.apply, RowFunction) else None
    return [e for e in (query.where, body, *(o.expression for o in outputs)) if e is not None]


@dataclass(frozen=True, slots=True)
class _Widener:
    """Widens expressions; sums of integers of the `summed` types may have too few bits.

    `counting` are the words of truth values that pandas has only for its own type of them.
    `unsure`: a column that may have gaps need not have any.
    """

    data: Schema
    gaps: bool
    unsure: bool = False
    summed: tuple[str, ...] = ("uint",)
    counting: tuple[str, ...] = ("sum", "cumsum")

    def derive_wide(self, output: Output) -> Output:
        """Widen a derived column, so that what reads it need not ask."""
        return replace(output, expression=self._widen(output.expression))

    def widen_output(self, output: Output) -> Output:
        """Widen what an output is made of; by itself it stays as narrow as its column."""
        return replace(output, expression=self.rewrite(output.expression))

    def rewrite(self, node: Expr) -> Expr:
        match node:
            case Call("floor" | "ceil" | "round", (number,)) if self._is_whole(number):
                return self.rewrite(number)
            case Call("round", (number, Lit())) if self._is_whole(number):  # to tens is Neg(Lit())
                return self.rewrite(number)
            case Arith() | Neg() | Call("abs" | "hypot" | "sign"):
                return rebuild(node, tuple(map(self._widen, list_children(node))))
            case Call("clip", (value, *bounds)) if self._exceed(bounds, value):
                return Call("clip", (self._widen(value), *bounds))
            case Agg("diff", (value, *steps)):
                return Agg("diff", (self._widen(value), *steps))
            case Call(function, (_,)) if ROW_FUNCTIONS[function].gives == "float":
                # Of a byte, NumPy's roots have 16 bits.
                return rebuild(node, tuple(map(self._widen, list_children(node))))
            case Agg("quantile", (column, share)) if not self.gaps:
                # NumPy interpolates between bytes as a byte, which wraps.
                return Agg("quantile", (self._widen(column), share))
            case Agg(function, (truth,)) if function in self.counting and self._has_gaps(truth):
                # With gaps, pandas holds truth values as Python objects, unless in its own type.
                return Agg(function, (Cast(self.rewrite(truth), "boolean"),))
            case _:
                return rebuild(node, tuple(map(self.rewrite, list_children(node))))

    def _exceed(self, bounds: Sequence[Expr], value: Expr) -> bool:
        """Return whether bounds are no numbers of a narrow value's width."""
        types = {self.data[name].arrow for name in list_columns(value) if name in self.data}
        bits = [(int(name.strip("uint")), name[0] == "u") for name in types & NARROW]
        lows = [0 if unsigned else -(2 ** (width - 1)) for width, unsigned in bits]
        highs = [2 ** (width - (not unsigned)) - 1 for width, unsigned in bits]
        given = [bound.value for bound in bounds if isinstance(bound, Lit)]
        numbers = [number for number in given if isinstance(number, int | float)]
        return any(
            not low <= n <= high for low, high in zip(lows, highs, strict=True) for n in numbers
        )

    def _has_gaps(self, node: Expr) -> bool:
        """Return whether pandas holds truth values as objects, whose sum may be one of them."""
        if self.gaps or not isinstance(node, Col | Case):
            return False
        if not all(name in self.data for name in list_columns(node)):
            return False
        return find_kind(node, self.data) == "bool" and may_be_missing(node, self.data)

    def _widen(self, node: Expr) -> Expr:
        made = self.rewrite(node)
        if not (self._is_narrow(made) and self._is_whole(made)):
            return made
        if isinstance(made, Agg):
            # What has no rows has no value to widen; its column can always be.
            return Agg(made.function, (self._cast(made.arguments[0]), *made.arguments[1:]))
        return self._cast(made)

    def widen_lowest(self, node: Expr) -> Expr:
        """Widen what may be the smallest integer of its width, or has no sign."""
        types = {self.data[name].arrow for name in list_columns(node) if name in self.data}
        ends = [LOWEST[name] for name in types if name in LOWEST]
        kept = isinstance(node, Col) or self._is_narrow(node)
        wraps = kept and bool(ends) and find_range(node, self.data).low <= max(ends)
        return self._cast(node) if wraps and self._is_whole(node) else node

    def widen_short(self, node: Expr) -> Expr:
        """Widen a column of 8 or 16 bits."""
        if isinstance(node, Col) and node.name in self.data and self.data[node.name].arrow in SHORT:
            return self._cast(node)
        return node

    def _cast(self, node: Expr) -> Expr:
        if self.gaps or not may_be_missing(node, self.data):
            return Cast(node, "int64")
        # A column is read with its gaps, as floats; a join, a choice or a step may leave none.
        return node if isinstance(node, Col) and not self.unsure else Cast(node, "float64")

    def _is_narrow(self, node: Expr) -> bool:
        match node:
            case Col(name):
                return name in self.data and self.data[name].arrow in NARROW
            case Agg("sum" | "cumsum" | "rolling_sum", (argument, *_)):
                # pandas sums unsigned numbers without a sign.
                kinds = {self.data[n].arrow for n in list_columns(argument) if n in self.data}
                return any(arrow.startswith(self.summed) for arrow in kinds)
            case Case(branches, otherwise):
                return any(map(self._is_narrow, (*(v for _, v in branches), otherwise)))
            case Call("map", (_, *results)):
                return any(map(self._is_narrow, results))
            case Call(function, arguments) if ROW_FUNCTIONS[function].gives in SAME:
                return any(map(self._is_narrow, arguments))
            case Agg(function, arguments) if function in CHOOSING:
                return any(map(self._is_narrow, arguments))
        return False

    def _is_whole(self, node: Expr) -> bool:
        try:
            return find_kind(node, self.data) == "int"
        except (KindError, KeyError):
            return False
