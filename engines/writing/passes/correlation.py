"""A correlation as grouped sums of products: pandas' own `groupby.corr` is five times slower."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ....spec.expression import (
    Agg,
    Arith,
    Case,
    Col,
    Demean,
    Expr,
    IsMissing,
    Let,
    Lit,
    Not,
    list_children,
    rebuild,
)
from ....spec.schema import Schema
from ....spec.workload import Output, Query
from ..steps import is_present


def rewrite_corr(query: Query, data: Schema) -> Query:
    """Rewrite every correlation as grouped sums over pairwise complete values.

    Whole numbers need no more, for their sums are exact; others are centred by group first, since
    the sums cancel far from zero.
    """
    rewriter = _CorrelationRewriter(query, data)
    aggregate, transform = (
        tuple(replace(o, expression=rewriter.rewrite(o.expression)) for o in outputs)
        for outputs in (query.aggregate, query.transform)
    )
    derive = (*query.derive, *rewriter.derived)
    return replace(query, derive=derive, aggregate=aggregate, transform=transform)


@dataclass(slots=True)
class _CorrelationRewriter:
    """The columns derived and the values named on the way; equal ones are once."""

    query: Query
    data: Schema
    derived: list[Output] = field(default_factory=list)
    named: dict[str, Expr] = field(default_factory=dict)

    def rewrite(self, node: Expr) -> Expr:
        if isinstance(node, Agg) and node.function == "corr":
            return self._write_sums(node)
        return rebuild(node, tuple(self.rewrite(child) for child in list_children(node)))

    def _write_sums(self, agg: Agg) -> Expr:
        x, y = agg.arguments
        exact = all(map(self._is_whole, agg.arguments))
        columns = tuple(self._name_column(one, other, exact) for one, other in ((x, y), (y, x)))
        sure = all(map(self._is_always_present, agg.arguments))
        n = Agg("size", ()) if sure else Agg("count", columns[:1])
        covariance, *variances = (
            _sum_centred(one, other, n if exact else None)
            for one, other in (columns, columns[:1] * 2, columns[1:] * 2)
        )
        names = [
            self._name_value(f"variance_{_choose_title(argument)}", variance)
            for argument, variance in zip((x, y), variances, strict=True)
        ]
        # The product of two variances of integers may not fit into 64 bits.
        spread = Arith("*", *(Arith("**", Col(name), Lit(0.5)) for name in names))
        name = self._name_value("covariance", covariance)
        body: Expr = Arith("/", Col(name), spread)
        for variance, value in reversed(dict(zip(names, variances, strict=True)).items()):
            body = Let(variance, value, body)
        return Let(name, covariance, body)

    def _name_value(self, name: str, value: Expr) -> str:
        """Return a name that no other value has: outputs may share their statements."""
        number, chosen = 1, name
        while self.named.setdefault(chosen, value) != value:
            number += 1
            chosen = f"{name}_{number}"
        return chosen

    def _name_column(self, value: Expr, partner: Expr, exact: bool) -> Col:
        """Derive the column to sum: present where its partner is, and centred if it must be."""
        column, title = value, _choose_title(value)
        if not self._is_always_present(partner):
            pair = Case(((Not(IsMissing(partner)), value),), Lit(None))
            column = self._derive(f"{title}_paired", pair)
        elif not isinstance(column, Col):
            column = self._derive(title, column)
        if not exact:
            keys = tuple(map(Col, self.query.group_by))
            column = self._derive(f"{title}_centred", Demean(column, keys))
        assert isinstance(column, Col)
        return column

    def _derive(self, name: str, expression: Expr) -> Col:
        for output in self.derived:
            if output.expression == expression:
                return Col(output.name)
        query = self.query
        taken = {*query.reads, *query.outputs, *(o.name for o in (*query.derive, *self.derived))}
        while name in taken:
            name += "_"
        self.derived.append(Output(name, expression))
        return Col(name)

    def _is_always_present(self, argument: Expr) -> bool:
        return isinstance(argument, Col) and is_present(self.query, argument.name, self.data)

    def _fits(self, most: float | None) -> bool:
        """Return whether products of sums fit into 64 bits."""
        return most is None or self.data.rows * most < 2**31

    def _is_whole(self, argument: Expr) -> bool:
        return (
            isinstance(argument, Col)
            and argument.name in self.data
            and self.data[argument.name].kind == "int"
            and self._fits(self.data[argument.name].most)
        )


def _sum_centred(x: Expr, y: Expr, n: Expr | None) -> Expr:
    """Return the sum of products about the means; without `n` the columns are centred already."""
    products = Agg("sum", (Arith("*", x, y),))
    if n is None:
        return products
    return Arith("-", Arith("*", n, products), Arith("*", Agg("sum", (x,)), Agg("sum", (y,))))


def _choose_title(argument: Expr) -> str:
    return argument.name if isinstance(argument, Col) and argument.name.isidentifier() else "value"
