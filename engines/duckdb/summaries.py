"""Aggregations of all rows that a row reads again: DuckDB computes them once, in a row beside.

As windows, each quantile would look through the values by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ...spec.expression import Agg, Expr, choose_fresh_name, list_columns, walk
from ...spec.schema import Schema
from ...spec.workload import Query
from ..writing.sql import quote_name
from .words import AGGREGATIONS


@dataclass(frozen=True, slots=True)
class Summary:
    """A column of the row beside: one aggregation, or the quantiles of one column as a list."""

    name: str
    aggs: tuple[Agg, ...]

    @property
    def shares(self) -> list[Expr]:
        """Return the shares of several quantiles."""
        return [agg.arguments[1] for agg in self.aggs] if len(self.aggs) > 1 else []

    def read(self, agg: Agg) -> str:
        """Write what reads one of the aggregations."""
        place = f"[{self.aggs.index(agg) + 1}]" if self.shares else ""
        return f"{quote_name(self.name)}{place}"


def find_summaries(query: Query, data: Schema) -> list[Summary]:
    """Return the aggregations of all rows in a transform, if one is read more than once."""
    if query.group_by or query.derive or query.having or query.joins:
        return []
    nodes = [node for output in query.transform for node in walk(output.expression)]
    counts = Counter(node for node in nodes if isinstance(node, Agg))
    alike: dict[Expr, tuple[Agg, ...]] = {}
    for agg in counts:
        if agg.function in AGGREGATIONS.keys() - {"first", "last"}:
            key = Agg("quantile", agg.arguments[:1]) if agg.function == "quantile" else agg
            alike[key] = (*alike.get(key, ()), agg)
    # Once there is such a row, it has those that are read once, too.
    again = any(sum(counts[agg] for agg in aggs) > 1 for aggs in alike.values())
    return _name(
        alike.values() if again else (),
        {*data.names, *query.outputs, *(name for name, _ in data.unread)},
    )


def _name(found: Iterable[tuple[Agg, ...]], taken: set[str]) -> list[Summary]:
    summaries = []
    for aggs in found:
        word = "quantiles" if len(aggs) > 1 else aggs[0].function
        name = choose_fresh_name("_".join((word, *list_columns(aggs[0]))), taken)
        taken.add(name)
        summaries.append(Summary(name, aggs))
    return summaries
