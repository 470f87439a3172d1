"""Where DuckDB derives columns: in SELECT itself, or in a subquery."""

from __future__ import annotations

from ...spec.expression import list_aggregations, list_columns
from ...spec.schema import Schema
from ...spec.workload import Query
from ..writing.steps import split_batches


def is_nested(query: Query, data: Schema) -> bool:
    """Return whether columns are derived in a subquery: what reads them comes after it."""
    if len(split_batches(query.derive)) != 1:
        return bool(query.derive)
    return query.having is not None if query.asks_for_rows else not _groups_by_derived(query, data)


def tests_derived(query: Query) -> bool:
    """Return whether HAVING reads a derived key, whose own columns GROUP BY ALL would add."""
    derived = {output.name for output in query.derive}
    return query.having is not None and not derived.isdisjoint(list_columns(query.having))


def _groups_by_derived(query: Query, data: Schema) -> bool:
    """Return whether all derived columns are keys that nothing else reads.

    Of a name that a column and a key have, DuckDB takes the column.
    """
    if query.apply or query.transform:
        return False
    read = list_columns(*(output.expression for output in query.aggregate))
    columns = (*data.names, *(name for name, _ in data.unread), "rowid")
    taken = {name.lower() for name in (*read, *columns)}
    return all(
        output.name in query.group_by
        and output.name.lower() not in taken
        and list_columns(output.expression)
        and not list_aggregations(output.expression)
        for output in query.derive
    )
