"""What a Parquet file's columns are, told from its footer as far as the footer tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from ..errors import DataError
from ..spec.schema import Column, Kind, Schema

# The footer's own entry in files that dfbench wrote: the columns that hold NaN, as a JSON list.
NANS = b"dfbench.nans"

KINDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("int", ("is_integer",)),
    ("float", ("is_floating",)),
    ("string", ("is_string", "is_large_string", "is_string_view")),
    ("bool", ("is_boolean",)),
    ("date", ("is_date",)),
    ("timestamp", ("is_timestamp",)),
    ("decimal", ("is_decimal",)),
    ("null", ("is_null",)),
)


def find_kind(arrow: pa.DataType) -> Kind | None:
    """Return the kind of an Arrow type, a dictionary's by its values; None where we know none."""
    if pt.is_dictionary(arrow):
        return find_kind(arrow.value_type)
    for kind, tests in KINDS:
        if any(getattr(pt, test)(arrow) for test in tests):
            return kind
    return None


def read_schema(path: Path) -> Schema:
    """Describe a Parquet file's columns; those of types not spoken of (lists, binary) are left out.

    Nulls are told by the footer's statistics, NaN by the footer's own entry where dfbench wrote
    the file; else the columns in question are read once, a row group at a time. Raises DataError.
    """
    try:
        with pq.ParquetFile(path) as file:
            return _describe(file)
    except FileNotFoundError:
        raise DataError(f"{path}: no such file; check the path") from None
    except (pa.ArrowInvalid, OSError) as error:
        raise read_error(path, "Parquet", error) from error


def read_error(path: Path | str, form: str, error: Exception) -> DataError:
    """Build the sentence for a file that is not what its name says."""
    reason = " ".join(str(error).split()) or type(error).__name__
    return DataError(
        f"{path}: cannot be read as {form} ({reason}); save it again, or fix the extension"
    )


def _describe(file: pq.ParquetFile) -> Schema:
    footer = (file.metadata.metadata or {}).get(NANS)
    nans = None if footer is None else frozenset(json.loads(footer))
    columns = []
    for field in file.schema_arrow:
        kind = find_kind(field.type)
        if kind is None:
            continue
        if kind != "float":
            nan = False
        else:
            nan = _any_nan(file, field.name) if nans is None else field.name in nans
        nulls = _has_nulls(file, field.name)
        most = _find_largest(file, field) if kind == "int" else None
        columns.append(Column(field.name, kind, str(field.type), nulls, nan, most))
    partial = len(columns) < len(file.schema_arrow)
    return Schema(tuple(columns), file.metadata.num_rows, partial=partial)


def _has_nulls(file: pq.ParquetFile, name: str) -> bool:
    statistics = _read_statistics(file, name)
    known = [one for one in statistics if one is not None and one.has_null_count]
    if len(known) < len(statistics):
        return any(column.null_count > 0 for column in _read_column(file, name))
    return any(one.null_count > 0 for one in known)


def _find_largest(file: pq.ParquetFile, field: pa.Field) -> int | None:
    """Return the largest absolute value of a column of 64 bits; of narrower ones, nobody asks."""
    if field.type not in {pa.int64(), pa.uint64()}:
        return None
    statistics = _read_statistics(file, field.name)
    known = [one for one in statistics if one is not None and one.has_min_max]
    if len(known) == len(statistics):
        ends = [end for one in known for end in (one.min, one.max)]
    else:
        ends = [
            end
            for part in _read_column(file, field.name)
            for end in pc.min_max(part).as_py().values()
        ]
    return max((abs(end) for end in ends if end is not None), default=0)


def _read_statistics(file: pq.ParquetFile, name: str) -> list[pq.Statistics | None]:
    """Return what the footer tells of a column, a row group at a time."""
    metadata = file.metadata
    places = [i for i in range(metadata.num_columns) if metadata.schema.column(i).path == name]
    groups = range(metadata.num_row_groups)
    return [metadata.row_group(g).column(places[0]).statistics for g in groups]


def _any_nan(file: pq.ParquetFile, name: str) -> bool:
    return any(has_nan(column) for column in _read_column(file, name))


def _read_column(file: pq.ParquetFile, name: str) -> Iterator[pa.Array]:
    return (batch.column(0) for batch in file.iter_batches(columns=[name]))


def has_nan(column: pa.Array | pa.ChunkedArray) -> bool:
    """Return whether a column of floats holds NaN."""
    return bool(pc.any(pc.is_nan(column)).as_py())
