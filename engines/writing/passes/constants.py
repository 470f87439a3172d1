"""Constants under aggregations as columns of their own, for libraries that aggregate columns only.

`sum(1)` is the sum of a column of ones, and `{n: 7}` beside the rows a column of sevens.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ....spec.expression import Agg, Col, Expr, Lit, choose_fresh_name, list_children, rebuild, walk
from ....spec.schema import Schema
from ....spec.vocabulary import AGGREGATIONS, WINDOWS
from ....spec.workload import Output, Query


def derive_constants(query: Query, data: Schema) -> Query:
    """Return the query with a derived column for each constant that takes a value in each row."""
    asked = (*query.aggregate, *query.transform)
    names = {*data.names, *query.outputs, *(output.name for output in query.derive)}
    made = _Constants(names)
    outputs = {output.name: made.rewrite_output(output, bool(query.transform)) for output in asked}
    if not made.derived:
        return query
    return replace(
        query,
        derive=(*query.derive, *made.derived),
        aggregate=tuple(outputs[output.name] for output in query.aggregate),
        transform=tuple(outputs[output.name] for output in query.transform),
    )


@dataclass(slots=True)
class _Constants:
    """Rewrites trees over columns; `derived` has the column of each constant."""

    taken: set[str]
    derived: list[Output] = field(default_factory=list)

    def rewrite_output(self, output: Output, beside: bool) -> Output:
        """Rewrite an output; `beside` the rows, it may itself be a constant."""
        if beside and not any(isinstance(node, Agg | Col) for node in walk(output.expression)):
            return replace(output, expression=self.rewrite_column(output.expression))
        return replace(output, expression=self.rewrite(output.expression))

    def rewrite(self, node: Expr) -> Expr:
        if not isinstance(node, Agg):
            return rebuild(node, tuple(map(self.rewrite, list_children(node))))
        if node == Agg("sum", (Lit(None),)):  # a column of nothing has no type to sum
            return Agg("sum", (self.rewrite_column(Lit(0)),))
        # Settings stay constants.
        number = (AGGREGATIONS | WINDOWS)[node.function].count_values(len(node.arguments))
        values, settings = node.arguments[:number], node.arguments[number:]
        return Agg(node.function, (*map(self.rewrite_column, values), *settings))

    def rewrite_column(self, node: Expr) -> Expr:
        """Return the column of a constant; any other expression as it is."""
        if any(isinstance(part, Col) for part in walk(node)):
            return node
        for output in self.derived:
            # To Python, 1 equals 1.0 and True.
            if repr(output.expression) == repr(node):
                return Col(output.name)
        name = choose_fresh_name("constant", self.taken)
        self.taken.add(name)
        self.derived.append(Output(name, node))
        return Col(name)
