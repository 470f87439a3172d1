"""The keys of joins whose values are in several rows of a table: read once, where it matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow.parquet as pq

from ..spec.workload import Query
from .dataset import Dataset


def learn_repeats(data: Dataset, queries: Sequence[Query]) -> Dataset:
    """Return a dataset whose tables know which of the queries' keys repeat in them."""
    asked: dict[str, set[tuple[str, ...]]] = {}
    for join in (join for query in queries for step in query.steps for join in step.joins):
        if join.on and join.adds_columns:
            asked.setdefault(join.table, set()).add(join.right_on or join.on)
    tables = dict(data.tables)
    found = {
        name: frozenset(keys for keys in asked[name] if _repeats(tables[name], keys))
        for name in asked
        if name in tables
    }
    known = (
        (name, replace(schema, repeated=found.get(name, frozenset())))
        for name, schema in data.schema.tables
    )
    return replace(data, schema=replace(data.schema, tables=tuple(known)))


def _repeats(table: Dataset, keys: tuple[str, ...]) -> bool:
    """Return whether a combination of values is in several rows; a missing key matches none."""
    if not all(key in table.schema for key in keys):
        return False
    rows = pq.read_table(table.path, columns=list(keys)).drop_null()
    return bool(rows.group_by(list(keys)).aggregate([]).num_rows < rows.num_rows)
