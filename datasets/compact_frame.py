"""A generated frame in little memory, and its way to Parquet, one row group at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..spec.schema import ROW_GROUP
from .parquet_schema import NANS

Progress: TypeAlias = Callable[[float], None]
Slice: TypeAlias = slice | NDArray[Any]

# A dictionary page pays where each value comes back several times in a row group.
DICTIONARY_DISTINCT = ROW_GROUP // 4
DICTIONARY_BYTES = 16 << 20
# Snappy is Parquet's default and, on random keys and measures, the fastest to write and to read.
COMPRESSION = "snappy"
# Frames of more rows lie in unnamed files beside the target, not in memory.
ROWS_IN_MEMORY = 200_000_000
# The time before the first second of `Seconds`.
START = np.datetime64("2022-12-31T23:59:59")


@dataclass(frozen=True, slots=True)
class Integers:
    """Numbers that stay numbers, as int64."""

    distinct: int


@dataclass(frozen=True, slots=True)
class Millionths:
    """Numbers of six decimals, as float64; `numbers` counts millionths."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Numbers that count seconds from the start of 2023, as timestamps."""


@dataclass(frozen=True)
class Labels:
    """Numbers that represent texts: 1 for the first."""

    texts: tuple[str, ...]

    @property
    def distinct(self) -> int:
        """Return the number of texts."""
        return len(self.texts)

    @cached_property
    def dictionary(self) -> pa.Array:
        """Return the texts as an Arrow array."""
        return pa.array(self.texts, pa.string())


@dataclass(frozen=True, slots=True)
class PaddedLabels:
    """Numbers 1..distinct that are spelled with a prefix and leading zeros; all of one length."""

    distinct: int
    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class NumberedLabels:
    """Numbers that are spelled with a prefix and no leading zeros."""

    distinct: int
    prefix: str


Encoding: TypeAlias = Integers | Millionths | Seconds | Labels | PaddedLabels | NumberedLabels


@dataclass(frozen=True, slots=True)
class CompactColumn:
    """A column as small integers and what they mean; `null` is the number for a missing value."""

    name: str
    numbers: NDArray[Any]
    meaning: Encoding
    null: int | None = None


@dataclass(frozen=True, slots=True)
class CompactFrame:
    """Compact columns of one length, and their rows' order in the file (None: as they are)."""

    columns: tuple[CompactColumn, ...]
    order: NDArray[Any] | None = None

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return int(self.columns[0].numbers.size)


def find_narrowest_type(largest: int) -> np.dtype[Any]:
    """Return the narrowest unsigned type that holds 0..largest."""
    return np.min_scalar_type(largest)


def allocate(rows: int, dtype: type[np.generic] | np.dtype[Any], folder: Path) -> NDArray[Any]:
    """Return an array to fill: in memory, or in an unnamed file of `folder` where it is huge."""
    if rows <= ROWS_IN_MEMORY:
        return np.empty(rows, dtype=dtype)
    with tempfile.TemporaryFile(dir=folder) as file:
        file.truncate(rows * np.dtype(dtype).itemsize)
        return np.memmap(file, dtype=dtype, mode="r+", shape=(rows,))


def write_parquet(frame: CompactFrame, path: Path, progress: Progress) -> None:
    """Write a frame as one Parquet file, the next row group made while the last is encoded."""
    schema = pa.schema([(column.name, find_arrow_type(column.meaning)) for column in frame.columns])
    with _open_writer(frame, path, schema) as writer, ThreadPoolExecutor(1) as encoder:
        pending: Future[None] | None = None
        for start, group in _iterate_row_groups(frame, schema):
            if pending:
                pending.result()
                progress(start / frame.rows)
            pending = encoder.submit(writer.write_table, group, row_group_size=ROW_GROUP)
        if pending:
            pending.result()
        writer.add_key_value_metadata({NANS: "[]"})
    progress(1.0)


def _open_writer(frame: CompactFrame, path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        schema,
        compression=COMPRESSION,
        use_dictionary=[c.name for c in frame.columns if _repeats(c.meaning)],
        dictionary_pagesize_limit=DICTIONARY_BYTES,
        # Without Arrow's own schema in the footer a dictionary reads back as plain strings.
        store_schema=False,
    )


def _repeats(meaning: Encoding) -> bool:
    """Return whether a column's values come back often enough for a dictionary page."""
    match meaning:
        case Millionths() | Seconds():
            return False
        case Integers() | Labels() | PaddedLabels() | NumberedLabels():
            return meaning.distinct <= DICTIONARY_DISTINCT
        case _:
            assert_never(meaning)


def _iterate_row_groups(frame: CompactFrame, schema: pa.Schema) -> Iterator[tuple[int, pa.Table]]:
    """Yield the row groups as Arrow, each with the number of its first row."""
    for start in range(0, frame.rows, ROW_GROUP):
        stop = min(start + ROW_GROUP, frame.rows)
        rows = slice(start, stop) if frame.order is None else frame.order[start:stop]
        yield start, pa.table([_to_arrow(column, rows) for column in frame.columns], schema=schema)


def find_arrow_type(meaning: Encoding) -> pa.DataType:
    """Return the Arrow type that a column is written from."""
    match meaning:
        case Integers():
            return pa.int64()
        case Millionths():
            return pa.float64()
        case Seconds():
            return pa.timestamp("us")
        case Labels():
            return pa.dictionary(pa.int32(), pa.string())
        case PaddedLabels() | NumberedLabels():
            return pa.string()
        case _:
            assert_never(meaning)


def _to_arrow(column: CompactColumn, rows: Slice) -> pa.Array:
    """Return some rows of a column as Arrow."""
    numbers = column.numbers[rows]
    none = None if column.null is None else numbers == column.null
    match column.meaning:
        case Integers():
            return pa.array(numbers.astype(np.int64), mask=none)
        case Millionths():
            return pa.array(numbers / 1e6, mask=none)
        case Seconds():
            return pa.array(START + numbers.astype("timedelta64[s]"), pa.timestamp("us"), mask=none)
        case Labels() as labels:
            codes = pa.array(numbers.astype(np.int32) - 1, mask=none)
            return pa.DictionaryArray.from_arrays(codes, labels.dictionary)
        case PaddedLabels(prefix=prefix, digits=digits):
            return spell_numbers(numbers, prefix, digits, none)
        case NumberedLabels(prefix=prefix):
            texts = pa.array(numbers, mask=none).cast(pa.string())
            return pc.binary_join_element_wise(prefix, texts, "")
        case _:
            assert_never(column.meaning)


def spell_numbers(
    numbers: NDArray[Any], prefix: str, digits: int, none: NDArray[np.bool_] | None = None
) -> pa.Array:
    """Write numbers as texts of one length: 7 with the prefix `id` and 3 digits is `id007`."""
    width = len(prefix) + digits
    texts = np.empty((numbers.size, width), dtype=np.uint8)
    texts[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    rest = numbers.astype(np.uint64)
    for end in range(width, len(prefix), -4):
        start = max(end - 4, len(prefix))
        rest, low = np.divmod(rest, np.uint64(10_000))
        texts[:, start:end] = FOUR_DIGITS[low, start - end :]
    offsets = np.arange(0, (numbers.size + 1) * width, width, dtype=np.int32)
    # The text below a null is never looked at.
    valid = None if none is None else pa.py_buffer(np.packbits(~none, bitorder="little"))
    buffers = [valid, pa.py_buffer(offsets), pa.py_buffer(texts)]
    return pa.Array.from_buffers(pa.string(), numbers.size, buffers)


FOUR_DIGITS = np.array([list(f"{n:04d}".encode()) for n in range(10_000)], dtype=np.uint8)
