"""The outline of a dataset: its columns without its rows, so that programs are shown at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from ..spec.generated_data import derive_schema
from ..spec.schema import Schema
from ..spec.workload import Files, Generated, Query
from .dataset import make_dataset
from .distinct_values import learn_values
from .number_texts import learn_number_texts

# So few are made: not every value may be drawn, nor every share of nulls be of one.
FEW_ROWS = 10_000


def preview_schema(dataset: Generated | Files, cache: Path, asked: Collection[str] = ()) -> Schema:
    """Return a dataset's columns as `make` would, without making a large one. Raises DataError.

    Of the columns `asked`, the values are read where the data is made.
    """
    if isinstance(dataset, Files) or dataset.rows <= FEW_ROWS:
        return learn_values(make_dataset(dataset, cache), asked)
    return derive_schema(dataset)


def preview_number_texts(
    dataset: Generated | Files, cache: Path, schema: Schema, queries: Sequence[Query]
) -> Schema:
    """Return a schema that knows of the odd numbers in its texts; no generated text is a number."""
    if isinstance(dataset, Generated):
        return schema
    return learn_number_texts(replace(make_dataset(dataset, cache), schema=schema), queries).schema
