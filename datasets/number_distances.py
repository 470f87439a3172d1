"""Whether the numbers of a column lie further apart than rounding: found where groups ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..spec.expression import Arith, Col, Lit
from ..spec.schema import LARGEST_DIVIDED, SMALLEST_DIVIDED, Column
from ..spec.workload import Query
from .dataset import Dataset

# Of the larger of two neighbours; engines' quotients differ by 1e-16 of themselves.
LEAST_DISTANCE = 1e-9


def learn_distances(data: Dataset, queries: Sequence[Query]) -> Dataset:
    """Return a dataset whose columns know whether their quotients are different groups anywhere."""
    asked = {name for query in queries for name in _list_divided(query)}
    columns = tuple(
        replace(column, apart=_lies_apart(data, column)) if column.name in asked else column
        for column in data.schema.columns
    )
    return replace(data, schema=replace(data.schema, columns=columns))


def _list_divided(query: Query) -> Iterator[str]:
    """Yield the columns of which quotients by a constant are keys, or places in an order."""
    for step in query.steps:
        keys = {*step.group_by, *(key.name for key in step.order_by)}
        for output in step.derive:
            match output.expression:
                case Arith("/", Col(name), Lit()) if output.name in keys:
                    yield name


def _lies_apart(data: Dataset, column: Column) -> bool:
    if column.arrow != "double":
        return False
    values = pq.read_table(data.path, columns=[column.name]).column(0)
    numbers = pc.unique(values.drop_null()).to_numpy()
    numbers = np.sort(numbers[np.isfinite(numbers) & (numbers != 0)])
    sizes = np.abs(numbers)
    if len(sizes) and (sizes.min() < SMALLEST_DIVIDED or sizes.max() > LARGEST_DIVIDED):
        return False
    larger = np.maximum(sizes[1:], sizes[:-1])
    return bool(np.all(np.diff(numbers) > LEAST_DISTANCE * larger))
