"""Group functions as an engine's own aggregations: their trees taken apart into columns.

What a group's value is read by within an array, `x - x.mean()`, becomes a column beside the rows:
a derived column whose expression aggregates is the value of the row's group.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ....errors import Unsupported
from ....spec.expression import (
    Agg,
    Col,
    Expr,
    choose_fresh_name,
    list_children,
    reads_rows,
    rebuild,
    walk,
)
from ....spec.group_functions import aggregates, if_whole
from ....spec.kinds import with_column
from ....spec.schema import Schema
from ....spec.workload import GroupFunction, Output, Query
from ..properties import Facts, collect_row_facts


def require_aggregations(query: Query, data: Schema, engine: str) -> Query:
    """Return a query of a group function as one of aggregations; Unsupported for any other."""
    if not isinstance(query.apply, GroupFunction):
        raise Unsupported(query.name, f"supports group functions only; use {engine}")
    return lower(query, data)


def lower(query: Query, data: Schema) -> Query:
    """Return a query of a group function as one of aggregations; others as they are.

    Raises Unsupported, at file, line and column, where the def has no such tree.
    """
    function = query.apply
    if not isinstance(function, GroupFunction):
        return query
    if function.body is None:
        raise Unsupported(function.name, function.opaque)
    if not any(map(aggregates, function.body)):
        raise Unsupported(function.name, "it aggregates nothing")
    made = _Columns(collect_row_facts(query, data), _choose_names(query, function, data))
    outputs = tuple(made.rewrite_value(tree) for tree in function.body)
    asked = tuple(map(Output, function.outputs, outputs))
    derived = (*query.derive, *made.derived)
    return replace(query, apply=None, derive=derived, aggregate=asked)


def _choose_names(query: Query, function: GroupFunction, data: Schema) -> dict[Expr, str]:
    """Return the values that the def names, by names that no column and no output has."""
    taken = {*data.names, *query.outputs, *(o.name for o in query.derive)}
    names: dict[Expr, str] = {}
    for output in function.named:
        if not isinstance(output.expression, Col):
            names.setdefault(output.expression, choose_fresh_name(output.name, taken))
            taken.add(names[output.expression])
    return names


@dataclass(slots=True)
class _Columns:
    """Rewrites trees over columns, and derives those that are needed."""

    facts: Facts
    names: dict[Expr, str]
    derived: list[Output] = field(default_factory=list)
    known: dict[Expr, str] = field(default_factory=dict)

    def rewrite_value(self, node: Expr) -> Expr:
        """Rewrite a single value: its aggregations are of columns."""
        agg = if_whole(node)
        if agg:
            arguments = tuple(map(self.rewrite_column, agg.arguments))
            if not any(self.facts.may_miss(x) or self.facts.makes_nan(x) for x in arguments):
                return Agg(agg.function, arguments)
        if isinstance(node, Agg):
            return Agg(node.function, tuple(map(self.rewrite_column, node.arguments)))
        return rebuild(node, tuple(map(self.rewrite_value, list_children(node))))

    def rewrite_column(self, node: Expr) -> Expr:
        """Rewrite an array: a group's value in it is a column, and so is an array with a name."""
        if node in self.known:
            return Col(self.known[node])
        if not reads_rows(node):
            return self.keep_beside(node, self.rewrite_value(node)) if aggregates(node) else node
        written = rebuild(node, tuple(map(self.rewrite_column, list_children(node))))
        return self.derive(node, written, self.names[node]) if node in self.names else written

    def keep_beside(self, node: Expr, written: Expr) -> Expr:
        aggs = [part for part in walk(written) if isinstance(part, Agg)]
        words = [aggs[-1].function, *(c.name for c in walk(aggs[-1]) if isinstance(c, Col))]
        taken = {*self.facts.data.names, *self.names.values()}
        return self.derive(
            node, written, self.names.get(node) or choose_fresh_name("_".join(words), taken)
        )

    def derive(self, node: Expr, written: Expr, name: str) -> Expr:
        self.known[node] = name
        self.derived.append(Output(name, written))
        data = with_column(self.facts.data, name, written)
        self.facts = replace(self.facts, data=data)
        return Col(name)
