"""The values of columns, for answers that have a column for each: read once, when asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..spec.expression import Value
from ..spec.pivot import MOST_COLUMNS
from ..spec.schema import Column, Schema
from .dataset import Dataset


def learn_values(data: Dataset, names: Collection[str]) -> Schema:
    """Return a dataset's columns with the distinct values of those of these names, in order."""
    columns = (
        replace(column, values=_read_values(data, column)) if column.name in names else column
        for column in data.schema.columns
    )
    return replace(data.schema, columns=tuple(columns))


def _read_values(data: Dataset, column: Column) -> tuple[Value, ...]:
    """Return the values that are not missing; no more than tell that there are too many."""
    found: set[Any] = set()
    with pq.ParquetFile(data.path) as file:
        for batch in file.iter_batches(columns=[column.name]):
            found.update(pc.unique(batch.column(0).drop_null()).to_pylist())
            if len(found) > MOST_COLUMNS:
                break
    return tuple(sorted(found))[: MOST_COLUMNS + 1]
