"""CSV files as Arrow batches: one reader for every engine, types told once for all the files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.types as pt

from ..errors import DataError
from ..spec.workload import CsvFormat
from .compact_frame import Progress
from .parquet_schema import read_error
from .plain_tables import simplify_schema

Types: TypeAlias = dict[str, pa.DataType]

# Types are first told from so many bytes; a later value that does not fit widens its column.
BLOCK_BYTES = 16 << 20
DELIMITERS = ",;\t|"
MISTYPED = re.compile(r"In CSV column #(\d+): .*CSV conversion error to (\S+?):")


class MistypedError(Exception):
    """A value that does not fit its column's type so far: the column's number counts from 0."""

    def __init__(self, column: int) -> None:
        self.column = column
        super().__init__(f"column {column}")


def infer_types(paths: Sequence[Path], csv_format: CsvFormat = CsvFormat()) -> Types:  # noqa: B008
    """Return each column's type from the beginning of the first file."""
    try:
        with _open(paths[0], {}, csv_format) as reader:
            types = {
                field.name: field.type
                for field in simplify_schema(_name_columns(reader.schema, csv_format))
            }
    except (pa.ArrowException, OSError) as error:
        raise read_error(paths[0], "CSV", error) from error
    # What is no UTF-8 is taken for binary; as a string the reader says what is wrong with it.
    return {name: pa.string() if pt.is_binary(arrow) else arrow for name, arrow in types.items()}


def _name_columns(schema: pa.Schema, csv_format: CsvFormat) -> pa.Schema:
    """Return the columns of files without a line of names their numbers."""
    if csv_format.header:
        return schema
    return pa.schema([(f"column_{i}", field.type) for i, field in enumerate(schema, 1)])


def read_batches(
    paths: Sequence[Path],
    types: Types,
    progress: Progress,
    csv_format: CsvFormat = CsvFormat(),  # noqa: B008
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of all files; MistypedError where a value needs a wider type."""
    total, done = max(sum(path.stat().st_size for path in paths), 1), 0
    for path in paths:
        try:
            with _open(path, types, csv_format) as reader:
                _check_names(path, reader.schema.names, list(types))
                yield from reader
        except (pa.ArrowException, OSError) as error:
            mistyped = MISTYPED.search(str(error))
            # Nothing is wider than a string: what is no string is no text at all.
            if mistyped and mistyped[2] != "string":
                raise MistypedError(int(mistyped[1])) from error
            raise read_error(path, "CSV", error) from error
        done += path.stat().st_size
        progress(done / total)


def _check_names(path: Path, names: list[str], expected: list[str]) -> None:
    if names != expected:
        raise DataError(
            f"{path}: its columns are {', '.join(names)} and not {', '.join(expected)} as in the"
            " first file; give all files the same columns in the same order"
        )


def _open(path: Path, types: Types, csv_format: CsvFormat) -> pc.CSVStreamingReader:
    """Open one file; an unquoted empty field or word for it is a missing value in any column."""
    names = None if csv_format.header else list(types)
    return pc.open_csv(
        path,
        pc.ReadOptions(
            block_size=BLOCK_BYTES,
            column_names=names or None,
            autogenerate_column_names=not (csv_format.header or names),
        ),
        pc.ParseOptions(
            delimiter=csv_format.delimiter or detect_delimiter(path),
            quote_char=csv_format.quote or False,
            newlines_in_values=True,
        ),
        pc.ConvertOptions(
            column_types=types,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=None if csv_format.missing is None else ["", *csv_format.missing],
            decimal_point=csv_format.decimal,
        ),
    )


def detect_delimiter(path: Path) -> str:
    """Return the sign that parts the first line: the most frequent of comma, semicolon, tab, bar."""
    with pa.input_stream(path, compression="detect") as stream:
        header = stream.read(1 << 16).split(b"\n", 1)[0]
    return max(DELIMITERS, key=lambda sign: header.count(sign.encode()))


def widen(types: Types, mistyped: MistypedError) -> Types:
    """Return the types with one column's made wider: null, int64, double, and at last string."""
    name = list(types)[mistyped.column]
    return {**types, name: widen_type(types[name])}


def widen_type(arrow: pa.DataType) -> pa.DataType:
    """Return the next type that takes more values."""
    steps = {pa.null(): pa.int64(), pa.int64(): pa.float64()}
    return steps.get(arrow, pa.string())
