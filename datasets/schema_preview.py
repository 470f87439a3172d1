"""The outline of a dataset: its columns without its rows, so that programs are shown at once."""

from __future__ import annotations

from pathlib import Path

from ..spec.generated_data import generated_schema
from ..spec.schema import Schema
from ..spec.workload import Files, Generated
from .dataset import make_dataset

# So few are made: not every value may be drawn, nor every share of nulls be of one.
FEW_ROWS = 10_000


def preview_schema(dataset: Generated | Files, cache: Path) -> Schema:
    """Return a dataset's columns as `make` would, without making a large one. Raises DataError."""
    if isinstance(dataset, Files) or dataset.rows <= FEW_ROWS:
        return make_dataset(dataset, cache).schema
    return generated_schema(dataset)
