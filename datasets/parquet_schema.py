"""The columns of a Parquet file, read from its footer as far as the footer has them."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as pt

from ..errors import DataError
from ..spec.schema import Column, Kind, Schema

# Of one column, a row group at a time.
Statistics: TypeAlias = list[pq.Statistics | None]
# The footer's own entry in files that dfbench wrote: the columns that hold NaN, as a JSON list.
NANS = b"dfbench.nans"

NANOSECONDS = {"s": 10**9, "ms": 10**6, "us": 10**3}
MOST_NANOSECONDS = 2**63 - 1

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
    """Describe a Parquet file's columns; types not spoken of (lists, binary) are left out.

    The statistics in the footer give nulls and ends, and NaN if dfbench wrote the file; else
    the columns in question are read once, a row group at a time. Raises DataError.
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


def find_double(names: Sequence[str]) -> str | None:
    """Return a name that two columns have, and the places of these; None without one."""
    double = next((name for name, count in Counter(names).items() if count > 1), None)
    if double is None:
        return None
    first, second, *_ = [place for place, name in enumerate(names, 1) if name == double]
    return f"{double!r} (the columns {first} and {second})"


def check_names(path: Path | str, schema: pa.Schema) -> None:
    """Raise DataError where two columns of a file have one name."""
    if double := find_double(schema.names):
        raise DataError(f"{path}: two columns are named {double}; give each its own name")


def _describe(file: pq.ParquetFile) -> Schema:
    footer = (file.metadata.metadata or {}).get(NANS)
    nans = None if footer is None else frozenset(json.loads(footer))
    statistics = _read_statistics(file)
    columns, unread = [], []
    for field in file.schema_arrow:
        kind = find_kind(field.type)
        if kind is None:
            unread.append((field.name, str(field.type)))
            continue
        if kind != "float":
            nan = False
        else:
            nan = _has_nan(file, field.name) if nans is None else field.name in nans
        known = statistics[field.name]
        nulls = _has_nulls(file, field.name, known)
        ends = _find_ends(file, field, known)
        distant = _exceeds_nanoseconds(file, field, known)
        columns.append(
            Column(
                field.name, kind, str(field.type), nulls, nan, *ends, exceeds_nanoseconds=distant
            )
        )
    rows, groups = file.metadata.num_rows, file.metadata.num_row_groups
    return Schema(tuple(columns), rows, unread=tuple(unread), row_groups=groups)


def _has_nulls(file: pq.ParquetFile, name: str, statistics: Statistics) -> bool:
    known = [one for one in statistics if one is not None and one.has_null_count]
    if len(known) < len(statistics):
        return any(column.null_count > 0 for column in _read_column(file, name))
    return any(one.null_count > 0 for one in known)


def _find_ends(
    file: pq.ParquetFile, field: pa.Field, statistics: Statistics
) -> tuple[int | float | None, int | float | None]:
    """Return the least and the largest number of a column, as far as the footer has them.

    Only integers are read where it does not. NaN has no place in statistics: a float's ends are
    those of its numbers. Of fewer than 64 bits, arithmetic would leave its ends by rounding.
    """
    if not (pt.is_integer(field.type) or pt.is_float64(field.type)):
        return None, None
    known = [one for one in statistics if one is not None and one.has_min_max]
    if len(known) == len(statistics):
        ends = [end for one in known for end in (one.min, one.max)]
    elif pt.is_integer(field.type):
        read = [pc.min_max(part).as_py() for part in _read_column(file, field.name)]
        ends = [end for one in read for end in one.values() if end is not None]
    else:
        return None, None
    if any(map(math.isnan, ends)):  # old writers' statistics have it
        return None, None
    return min(ends, default=None), max(ends, default=None)


def _exceeds_nanoseconds(file: pq.ParquetFile, field: pa.Field, statistics: Statistics) -> bool:
    """Return whether 64 bits of nanoseconds do not reach some time of a column."""
    if not pt.is_timestamp(field.type) or field.type.unit == "ns":
        return False
    known = [one for one in statistics if one is not None and one.has_min_max]
    if len(known) == len(statistics):
        ends = [end for one in known for end in (one.min_raw, one.max_raw)]
    else:
        read = [pc.min_max(part.cast(pa.int64())) for part in _read_column(file, field.name)]
        ends = [end for one in read for end in one.as_py().values() if end is not None]
    return any(abs(end) > MOST_NANOSECONDS // NANOSECONDS[field.type.unit] for end in ends)


def _read_statistics(file: pq.ParquetFile) -> dict[str, Statistics]:
    """Return the footer's statistics of each column that is not nested."""
    metadata = file.metadata
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return {
        metadata.schema.column(place).path: [group.column(place).statistics for group in groups]
        for place in range(metadata.num_columns)
    }


def _has_nan(file: pq.ParquetFile, name: str) -> bool:
    return any(has_nan(column) for column in _read_column(file, name))


def _read_column(file: pq.ParquetFile, name: str) -> Iterator[pa.Array]:
    return (batch.column(0) for batch in file.iter_batches(columns=[name]))


def has_nan(column: pa.Array | pa.ChunkedArray) -> bool:
    """Return whether a column of floats holds NaN."""
    return bool(pc.any(pc.is_nan(column)).as_py())
