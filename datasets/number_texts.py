"""The texts that engines read as different numbers: found once, where a query reads numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..spec.expression import Call, list_columns, walk
from ..spec.joins import SUFFIX
from ..spec.schema import Column, OddNumber
from ..spec.workload import Query
from .dataset import Dataset

# Of a whole text, or of a part of it.
PATTERNS: dict[OddNumber, str] = {
    "infinite": r"[0-9.][eE]\+?0*[1-9][0-9]{2}|[0-9]{309}",
    "underscored": "[0-9]_[0-9]",
}


def learn_number_texts(data: Dataset, queries: Sequence[Query]) -> Dataset:
    """Return a dataset whose columns know of the odd numbers in what the queries read as one."""
    asked = {name for query in queries for name in _list_read(query)}
    if not asked:
        return data
    tables = tuple((name, _learn(table, asked)) for name, table in data.tables)
    found = _learn(data, asked)
    known = dict(tables)
    schemas = ((name, known[name].schema) for name, _ in data.schema.tables)
    return replace(found, tables=tables, schema=replace(found.schema, tables=tuple(schemas)))


def _list_read(query: Query) -> Iterator[str]:
    """Yield the columns of a query that reads numbers: what it derives may be a part of a text."""
    trees = [tree for step in query.steps for tree in step.expressions]
    called = (node.function for tree in trees for node in walk(tree) if isinstance(node, Call))
    if "number" in called:
        yield from list_columns(*trees)


def _learn(data: Dataset, asked: AbstractSet[str]) -> Dataset:
    columns = (
        replace(column, odd_numbers=_find_odd(data, column))
        if not asked.isdisjoint({column.name, column.name + SUFFIX})
        else column
        for column in data.schema.columns
    )
    return replace(data, schema=replace(data.schema, columns=tuple(columns)))


def _find_odd(data: Dataset, column: Column) -> frozenset[OddNumber]:
    if column.kind != "string":
        return frozenset()
    texts = pq.read_table(data.path, columns=[column.name]).column(0).cast(pa.string())
    found = {kind: _match(texts, pattern) for kind, pattern in PATTERNS.items()}
    return frozenset(
        kind
        for kind, matched in found.items()
        if matched and (kind != "infinite" or any(map(_is_infinite, matched)))
    )


def _match(texts: pa.ChunkedArray, pattern: str) -> list[str]:
    matched = texts.filter(pc.match_substring_regex(texts, pattern))
    return pc.unique(matched).to_pylist()  # type: ignore[no-any-return]


def _is_infinite(text: str) -> bool:
    """Return whether no float holds a text's number; of a text around a number, that is open."""
    try:
        return math.isinf(float(text))
    except ValueError:
        return True
