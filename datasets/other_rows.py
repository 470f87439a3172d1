"""Other rows of a dataset: a shuffled part, on which a program answers once more after its timing.

An answer that was kept, or computed before the timing, is not the answer to other rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .cache import make_once
from .dataset import Dataset

# The rows are divided by it: loading and answering them once takes under 2 % of a run.
PART = 50
# Rows of a small dataset: fewer hold too few groups.
FEW = 1000
SEED = 13


def make_other_rows(data: Dataset, cache: Path) -> Dataset | None:
    """Return a part of a dataset, made where the cache does not hold it; None below two rows.

    It has the facts that programs are written for: the types, and missing values where they were.
    """
    if data.rows < 2:
        return None
    tables = tuple((name, _make_part(table, cache)) for name, table in data.tables)
    return replace(_make_part(data, cache), tables=tables)


def _make_part(data: Dataset, cache: Path) -> Dataset:
    rows = max(data.rows // PART, min(FEW, (data.rows + 1) // 2))
    path = make_once(
        cache / f"{data.name}-{data.sha}-other.parquet",
        lambda unfinished: pq.write_table(_draw(data.path, rows / data.rows), unfinished),
    )
    schema = replace(data.schema, rows=pq.read_metadata(path).num_rows)
    return replace(data, path=path, schema=schema, sha=f"{data.sha}-other")


def _draw(path: Path, share: float) -> pa.Table:
    """Draw a share of a file's rows, one row group in memory at a time, and shuffle them."""
    random, schema = np.random.default_rng(SEED), pq.read_schema(path)
    # A text of a row that is not drawn is never made: reading takes a quarter of the time.
    texts = [field.name for field in schema if pa.types.is_string(field.type)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        groups = (file.read_row_group(number) for number in range(file.num_row_groups))
        parts = [group.take(_choose(group, share, random)).cast(schema) for group in groups]
    table = pa.concat_tables(parts)
    return table.take(random.permutation(table.num_rows))


def _choose(group: pa.Table, share: float, random: np.random.Generator) -> np.ndarray:
    """Choose rows at random, and for each column with missing values one that misses it."""
    chosen = random.choice(group.num_rows, int(share * group.num_rows), replace=False)
    return np.union1d(chosen, list(_find_missing(group))).astype(np.int64)


def _find_missing(group: pa.Table) -> Iterable[int]:
    for column in group.columns:
        if column.null_count:
            yield pc.index(pc.is_null(column), pa.scalar(value=True)).as_py()
        if pa.types.is_floating(column.type):
            place = pc.index(pc.is_nan(column), pa.scalar(value=True)).as_py()
            if place >= 0:
                yield place
