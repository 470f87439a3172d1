"""CSV files as Arrow batches: one reader for every engine, with the same types in all files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.types as pt
from pyarrow import compute

from ..errors import DataError
from ..spec.workload import CsvFormat
from .compact_frame import Progress
from .csv_columns import (
    NUMBERS,
    UnfitError,
    check_stated,
    convert_texts,
    explain_unfit,
    find_grouped,
    find_texts,
    fits,
    read_stated_types,
)
from .csv_mistakes import check_end, check_header, find_mistake
from .parquet_schema import read_error
from .plain_tables import simplify_schema
from .text_encoding import HEAD_BYTES, PlainText, check_encoding, decompress

Types: TypeAlias = dict[str, pa.DataType]
TextSource: TypeAlias = Path | pa.NativeFile | io.BufferedReader

# Types are first inferred from so many bytes; a later value that does not fit widens its column.
BLOCK_BYTES = 16 << 20
DELIMITERS = ",;\t|"
MISTYPED = re.compile(r"In CSV column #(\d+): .*CSV conversion error to (\S+?):")


class MistypedError(Exception):
    """A value that does not fit its column's type so far.

    The column's number counts from 0; `file` is the number of the file, and `rows` are its rows
    that fit.
    """

    def __init__(self, column: int, file: int, rows: int) -> None:
        self.column, self.file, self.rows = column, file, rows
        super().__init__(f"column {column}")


def infer_types(paths: Sequence[Path], csv_format: CsvFormat = CsvFormat()) -> Types:  # noqa: B008
    """Return each column's type from the beginning of the first file."""
    if csv_format.encoding is None:
        check_encoding(paths[0], HEAD_BYTES)
    try:
        with _open(paths[0], {}, csv_format) as reader:
            if csv_format.header:
                names = reader.schema.names
                check_header(paths[0], names, _find_delimiter(paths[0], csv_format), csv_format)
            types = {
                field.name: field.type
                for field in simplify_schema(_name_columns(reader.schema, csv_format))
            }
            check_stated(paths[0], list(types), csv_format)
            if csv_format.thousands:
                types |= _find_grouped(types, reader, csv_format)
    except (pa.ArrowException, OSError) as error:
        raise _explain_error(paths[0], csv_format, error) from error
    # Arrow takes a column that is not UTF-8 for binary; as a string it is an error.
    texts = {name: pa.string() if pt.is_binary(arrow) else arrow for name, arrow in types.items()}
    stated = read_stated_types(csv_format)
    return {name: stated.get(name, arrow) for name, arrow in texts.items()}


def _find_grouped(types: Types, reader: pc.CSVStreamingReader, csv_format: CsvFormat) -> Types:
    """Return the types of the columns of text that are numbers in groups of three digits."""
    first = next(iter(reader), None)
    if first is None:
        return {}
    return {
        name: find_grouped(first.column(place), csv_format)
        for place, (name, arrow) in enumerate(types.items())
        if arrow == pa.string()
    }


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
    for number, path in enumerate(paths):
        rows, last = 0, None
        if csv_format.encoding is None:
            check_encoding(path, HEAD_BYTES)
        try:
            with pa.OSFile(str(path)) as raw, _open(path, types, csv_format, raw) as reader:
                _check_names(path, reader.schema.names, list(types))
                for block, batch in enumerate(reader, 1):
                    try:
                        values = convert_texts(batch, types, csv_format)
                    except UnfitError as unfit:
                        if unfit.name in read_stated_types(csv_format):
                            raise explain_unfit(path, batch, rows, csv_format, unfit) from None
                        column = list(types).index(unfit.name)
                        raise MistypedError(column, number, rows) from None
                    yield values
                    rows, last = rows + batch.num_rows, batch
                    # Arrow reads ahead of the batches, each of which is a block.
                    progress((done + min(block * BLOCK_BYTES, raw.tell())) / total)
        except (pa.ArrowException, OSError) as error:
            mistyped = MISTYPED.search(str(error))
            # Nothing is wider than a string: what is no string is no text at all.
            if mistyped and mistyped[2] != "string":
                raise MistypedError(int(mistyped[1]), number, rows) from error
            if csv_format.encoding is None:
                check_encoding(path)
            raise _explain_error(path, csv_format, error) from error
        if last is not None:
            check_end(path, last, _find_delimiter(path, csv_format), csv_format)
        done += path.stat().st_size
        progress(done / total)


def _open_text(path: Path, csv_format: CsvFormat, raw: pa.NativeFile | None) -> TextSource:
    """Open a file's text as UTF-8 without comments: as it is, where that is what it holds."""
    if csv_format.encoding or csv_format.comment:
        text = PlainText(decompress(raw or pa.OSFile(str(path)), path), path, csv_format)
        return io.BufferedReader(text, HEAD_BYTES)
    return decompress(raw, path) if raw else path


def _check_names(path: Path, names: list[str], expected: list[str]) -> None:
    if names != expected:
        raise DataError(
            f"{path}: its columns are {', '.join(names)} and not {', '.join(expected)} as in the"
            " first file; give all files the same columns in the same order"
        )


def _open(
    path: Path,
    types: Types,
    csv_format: CsvFormat,
    raw: pa.NativeFile | None = None,
    skip: int = 0,
) -> pc.CSVStreamingReader:
    """Open one file; an unquoted empty field or word for it is a missing value in any column."""
    names = None if csv_format.header else list(types)
    texts = find_texts(types, csv_format) if types else read_stated_types(csv_format)
    return pc.open_csv(
        _open_text(path, csv_format, raw),
        pc.ReadOptions(
            block_size=BLOCK_BYTES,
            skip_rows_after_names=skip,
            column_names=names or None,
            autogenerate_column_names=not (csv_format.header or names),
        ),
        pc.ParseOptions(
            delimiter=_find_delimiter(path, csv_format),
            quote_char=csv_format.quote or False,
            newlines_in_values=True,
        ),
        pc.ConvertOptions(
            column_types=types | dict.fromkeys(texts, pa.string()),
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=None if csv_format.missing is None else ["", *csv_format.missing],
            decimal_point=csv_format.decimal,
        ),
    )


def _find_delimiter(path: Path, csv_format: CsvFormat) -> str:
    return csv_format.delimiter or detect_delimiter(path, csv_format)


def _explain_error(path: Path, csv_format: CsvFormat, error: Exception) -> DataError:
    """Return the sentence for a file that Arrow cannot read: with a line, where one is found."""
    try:
        mistake = find_mistake(path, _find_delimiter(path, csv_format), csv_format)
    except (pa.ArrowException, OSError, DataError):
        mistake = None
    return mistake or read_error(path, "CSV", error)


def detect_delimiter(path: Path, csv_format: CsvFormat = CsvFormat()) -> str:  # noqa: B008
    """Return the delimiter of the first line: the most frequent of comma, semicolon, tab, bar."""
    with pa.input_stream(_open_text(path, csv_format, None), compression="detect") as stream:
        header = stream.read(1 << 16).split(b"\n", 1)[0]
    return max(DELIMITERS, key=lambda sign: header.count(sign.encode()))


def widen(
    paths: Sequence[Path],
    types: Types,
    mistyped: MistypedError,
    csv_format: CsvFormat = CsvFormat(),  # noqa: B008
) -> Types:
    """Return the types that fit all values, so that the files are read once more and no more often.

    Reads what follows the last rows that fit, each column as text.
    """
    wide = {**types, **_widen_column(types, mistyped.column)}
    stated = read_stated_types(csv_format)
    for path in paths[mistyped.file :]:
        skip = mistyped.rows if path == paths[mistyped.file] else 0
        try:
            texts = dict.fromkeys(types, pa.string())
            with _open(path, texts, csv_format, skip=skip) as reader:
                for batch in reader:
                    wide |= {
                        name: _fit(batch.column(name), arrow, csv_format)
                        for name, arrow in wide.items()
                        if name not in stated
                    }
        except (pa.ArrowException, OSError, KeyError):
            return wide  # reading the rows reports what is wrong with the file
    return wide


def _widen_column(types: Types, number: int) -> Types:
    name = list(types)[number]
    return {name: widen_type(types[name])}


def _fit(texts: pa.Array, arrow: pa.DataType, csv_format: CsvFormat) -> pa.DataType:
    """Return the narrowest type, from this one on, that takes all texts of a column."""
    if arrow == pa.string():
        return arrow
    values = compute.utf8_trim_whitespace(texts)
    if csv_format.thousands:
        while arrow in NUMBERS and not fits(values, arrow, csv_format):
            arrow = widen_type(arrow)
        return arrow
    if csv_format.decimal != ".":
        values = compute.replace_substring(values, csv_format.decimal, ".")
    while arrow != pa.string() and not _is_castable(values, arrow):
        arrow = widen_type(arrow)
    return arrow


def _is_castable(values: pa.Array, arrow: pa.DataType) -> bool:
    if pt.is_null(arrow):
        return bool(values.null_count == len(values))
    try:
        values.cast(arrow)
    except pa.ArrowInvalid:
        return False
    return True


def widen_type(arrow: pa.DataType) -> pa.DataType:
    """Return the next type that takes more values."""
    steps = {pa.null(): pa.int64(), pa.int64(): pa.float64()}
    return steps.get(arrow, pa.string())
