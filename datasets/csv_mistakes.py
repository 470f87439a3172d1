"""What is wrong with a CSV file, and in which line: looked for only where reading it failed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.types as pt
from pyarrow import compute as pc

from ..errors import DataError
from ..spec.workload import CsvFormat
from .parquet_schema import find_double
from .text_encoding import PlainText, decompress

Row: TypeAlias = tuple[int, list[str]]

# Follows the last line: what is not a row of its own is in a value whose quote nothing closes.
END = "\ue000end"


def check_header(path: Path, names: list[str], delimiter: str, csv_format: CsvFormat) -> None:
    """Raise DataError for a name that the header gives to several columns."""
    if double := find_double(names):
        line = next((line for line, _ in _read_rows(path, delimiter, csv_format)), 1)
        raise DataError(f"{path}: line {line} names two columns {double}; give each its own name")


def check_end(path: Path, last: pa.RecordBatch, delimiter: str, csv_format: CsvFormat) -> None:
    """Raise DataError if the file's last value takes lines that were meant as rows.

    A quote that nothing closes leaves a line break in the last row.
    """
    row = last.slice(last.num_rows - 1)
    texts = [column for column in row.columns if pt.is_string(column.type)]
    if any(pc.any(pc.match_substring(column, "\n")).as_py() for column in texts):
        mistake = find_mistake(path, delimiter, csv_format)
        if mistake:
            raise mistake


def find_mistake(path: Path, delimiter: str, csv_format: CsvFormat) -> DataError | None:
    """Return the sentence for the first row of other fields than the first, or without an end."""
    width, line, first = 0, 1, ""
    try:
        for line, fields in _read_rows(path, delimiter, csv_format):
            if fields and fields[-1].endswith(END):
                return None if fields == [END] else _explain_quote(path, line, csv_format)
            first = first or fields[0]
            width = width or len(fields)
            if len(fields) != width:
                commented = "#" in {first[:1], fields[0][:1]} and not csv_format.comment
                comment = ", or add csv: {comment: '#'} to the dataset" if commented else ""
                return _explain_width(path, line, len(fields), width, delimiter, comment)
    except csv.Error:  # a value longer than any that is meant
        return _explain_quote(path, line + 1, csv_format)
    except (OSError, pa.ArrowException):
        return None
    return None


def _read_rows(path: Path, delimiter: str, csv_format: CsvFormat) -> Iterator[Row]:
    """Yield each row's fields and the line in which it begins; then a row of END alone."""
    raw = decompress(pa.OSFile(str(path)), path)
    binary = io.BufferedReader(PlainText(raw, path, csv_format, instead="\n"))
    with io.TextIOWrapper(binary, "utf-8", newline="") as text:
        rows = csv.reader(
            chain(text, [END]),
            delimiter=delimiter,
            quotechar=csv_format.quote or None,
            quoting=csv.QUOTE_MINIMAL if csv_format.quote else csv.QUOTE_NONE,
        )
        line = 1
        for fields in rows:
            if fields:
                yield line, fields
            line = rows.line_num + 1


def _explain_width(  # noqa: PLR0913 - each is a part of the sentence
    path: Path, line: int, count: int, width: int, delimiter: str, comment: str
) -> DataError:
    fields = "1 field" if count == 1 else f"{count} fields"
    return DataError(
        f"{path}: line {line} has {fields} instead of {width}; correct the line, quote values that"
        f" hold {delimiter!r}, or name the delimiter that separates the fields{comment}"
    )


def _explain_quote(path: Path, line: int, csv_format: CsvFormat) -> DataError:
    return DataError(
        f"{path}: the quote that opens in line {line} is never closed; close it, or, if"
        f" {csv_format.quote} is part of the texts, write 'quote: none' in the dataset"
    )
