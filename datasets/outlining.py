"""The outline of a dataset: its columns without its rows, so that programs are shown at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..spec.schema import Column, Schema
from ..spec.workload import Files, Generated
from .making import Data, cached, make

SAMPLE_ROWS = 1000


def outline(dataset: Generated | Files, cache: Path) -> Data:
    """Give a dataset's columns as `make` would, making a thousand rows at most of a generated one.

    Raises DataError.
    """
    if isinstance(dataset, Files) or cached(dataset, cache):
        return make(dataset, cache)
    small = replace(dataset, rows=min(dataset.rows, SAMPLE_ROWS), nulls=0)
    data = make(small, cache)
    columns = tuple(_with_nulls(column, dataset) for column in data.schema.columns)
    return replace(data, schema=Schema(columns, dataset.rows))


def _with_nulls(column: Column, dataset: Generated) -> Column:
    """Say whether there will be nulls: a share of a key's values, or of a measure's rows."""
    large = max(dataset.rows // dataset.groups, 1)
    keys = dict.fromkeys(("id1", "id2", "id4", "id5"), dataset.groups)
    drawn = {**keys, "id3": large, "id6": large, "key": 0}.get(column.name, dataset.rows)
    return replace(column, nulls=drawn * dataset.nulls // 100 > 0)
