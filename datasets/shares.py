"""A part of a table, or the table several times: the sizes of a sweep over a person's own files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import DataError
from .conversion import write_batches

SEED = 108  # a smaller share is a part of every larger one


def write_share(source: Path, target: Path, share: float, keys: Sequence[str]) -> None:
    """Write a share of a Parquet file's rows, in their order; above 1, rows are repeated.

    A part of a whole is a random one. Each copy has other values in the columns `keys` that hold
    text or integers. Raises DataError where those integers would overflow.
    """
    schema = pq.read_schema(source)
    write_batches(schema, _read_share(source, share, keys), target)


def _read_share(source: Path, share: float, keys: Sequence[str]) -> Iterator[pa.RecordBatch]:
    whole, part = divmod(share, 1)
    spans = _find_spans(source, keys) if share > 1 else {}
    for copy in range(int(whole)):
        for batch in pq.ParquetFile(source).iter_batches():
            yield _refresh(batch, copy, spans)
    if part:
        for batch in _read_part(source, part):
            yield _refresh(batch, int(whole), spans)


def _read_part(source: Path, share: float) -> Iterator[pa.RecordBatch]:
    file = pq.ParquetFile(source)
    rows = file.metadata.num_rows
    chosen = np.random.default_rng(SEED).permutation(rows) < max(1, round(share * rows))
    begin = 0
    for batch in file.iter_batches():
        yield batch.filter(pa.array(chosen[begin : begin + batch.num_rows]))
        begin += batch.num_rows


def _find_spans(source: Path, keys: Sequence[str]) -> dict[str, int]:
    """Return how far a copy's values lie from the copy's before; 0 for columns of text."""
    spans = {}
    for name in keys:
        column = pq.read_table(source, columns=[name]).column(0)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            spans[name] = 0
        elif pa.types.is_integer(column.type):
            ends = pc.min_max(column).as_py()
            spans[name] = (ends["max"] or 0) - (ends["min"] or 0) + 1
    return spans


def _refresh(batch: pa.RecordBatch, copy: int, spans: Mapping[str, int]) -> pa.RecordBatch:
    if not copy:
        return batch
    for name, span in spans.items():
        place = batch.schema.get_field_index(name)
        values = _shift(batch.column(place), name, copy, span)
        batch = batch.set_column(place, batch.schema.field(place), values)
    return batch


def _shift(values: pa.Array, name: str, copy: int, span: int) -> pa.Array:
    if not span:
        suffix = pa.scalar(f"~{copy}", values.type)
        return pc.binary_join_element_wise(values, suffix, pa.scalar("", values.type))
    try:
        return pc.add_checked(values, pa.scalar(copy * span, values.type))
    except (pa.ArrowInvalid, OverflowError) as error:
        raise DataError(
            f"{name}: the keys of copy {copy + 1} of the rows do not fit {values.type}; "
            "sweep a smaller share"
        ) from error
