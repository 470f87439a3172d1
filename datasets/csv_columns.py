"""Columns of CSV files that are read as text: of a stated type, dates, and grouped numbers."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.types as pt
from pyarrow import compute as pc

from ..errors import DataError
from ..spec.csv_format import has_clock
from ..spec.vocabulary import suggest
from ..spec.workload import CsvFormat

STATED = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
NUMBERS = (pa.int64(), pa.float64())
WHOLE = re.compile(r"[+-]?[0-9]+")


class UnfitError(Exception):
    """A text that is no value of its column's type; `row` counts from 0 in its batch."""

    def __init__(self, row: int, name: str = "") -> None:
        self.row, self.name = row, name
        super().__init__(f"row {row}")


def read_stated_types(csv_format: CsvFormat) -> dict[str, pa.DataType]:
    """Return the types of the columns that the workload names."""
    types = {name: STATED[word] for name, word in csv_format.types}
    days = {
        name: pa.timestamp("us") if has_clock(form) else pa.date32()
        for name, form in csv_format.dates
    }
    return types | days


def check_stated(path: Path, names: list[str], csv_format: CsvFormat) -> None:
    """Raise DataError for a stated type of a column that is not there."""
    for name in read_stated_types(csv_format):
        if name not in names and csv_format.whole:
            raise DataError(
                f"{path}: csv gives a type for {name!r}, which is not a column"
                f"{suggest(name, names)}"
            )


def find_texts(types: dict[str, pa.DataType], csv_format: CsvFormat) -> set[str]:
    """Return the columns that are read as text, and converted."""
    stated = read_stated_types(csv_format)
    grouped = {name for name, arrow in types.items() if csv_format.thousands and arrow in NUMBERS}
    parsed = {name for name, arrow in stated.items() if name in types and arrow != pa.string()}
    return parsed | (grouped - stated.keys())


def find_grouped(texts: pa.Array, csv_format: CsvFormat) -> pa.DataType:
    """Return the type of a column of text: a number's, where all are numbers with groups."""
    texts = pc.utf8_trim_whitespace(texts)
    return next((arrow for arrow in NUMBERS if fits(texts, arrow, csv_format)), pa.string())


def fits(texts: pa.Array, arrow: pa.DataType, csv_format: CsvFormat) -> bool:
    """Return whether all texts are numbers of a type."""
    try:
        _read_numbers(texts, arrow, csv_format)
    except UnfitError:
        return False
    return True


def convert_texts(
    batch: pa.RecordBatch, types: dict[str, pa.DataType], csv_format: CsvFormat
) -> pa.RecordBatch:
    """Return a batch with the values of the columns that are read as text.

    Raises UnfitError for a text that is no value of its column's type.
    """
    texts = find_texts(types, csv_format)
    for name in (name for name in types if name in texts):
        place = batch.schema.get_field_index(name)
        try:
            column = _read_texts(batch.column(place), name, types[name], csv_format)
        except UnfitError as error:
            raise UnfitError(error.row, name) from None
        batch = batch.set_column(place, name, column)
    return batch


def explain_unfit(
    path: Path, batch: pa.RecordBatch, rows: int, csv_format: CsvFormat, unfit: UnfitError
) -> DataError:
    """Return the sentence for a value of a column of a stated type; `rows` are before the batch."""
    text = batch.column(unfit.name)[unfit.row].as_py()
    form = dict(csv_format.dates).get(unfit.name)
    stated = dict(csv_format.types).get(unfit.name, "")
    wrong = f"is not in the format {form!r}" if form else f"is not of type {stated}"
    if stated == "int" and WHOLE.fullmatch(text):
        wrong = "has more than 64 bits"
    return DataError(
        f"{path}: row {rows + unfit.row + 1}: {text!r} in column {unfit.name!r} {wrong};"
        " correct it, or change csv in the dataset"
    )


def _read_texts(texts: pa.Array, name: str, arrow: pa.DataType, csv_format: CsvFormat) -> pa.Array:
    texts = pc.utf8_trim_whitespace(texts)
    form = dict(csv_format.dates).get(name)
    if form:
        return _read_dates(texts, form, arrow)
    if arrow in NUMBERS:
        return _read_numbers(texts, arrow, csv_format)
    try:
        return texts.cast(arrow)
    except pa.ArrowInvalid:
        raise UnfitError(_find_unfit(texts, arrow)) from None


def _find_unfit(texts: pa.Array, arrow: pa.DataType) -> int:
    for row, text in enumerate(texts):
        try:
            pa.array([text.as_py()], pa.string()).cast(arrow)
        except pa.ArrowInvalid:
            return row
    raise AssertionError("one of them was not cast")


def _read_dates(texts: pa.Array, form: str, arrow: pa.DataType) -> pa.Array:
    """Return days or times; Arrow's own function takes 31 February for 2 March."""
    coded = texts.dictionary_encode()
    found = [_read_date(text.as_py(), form) for text in coded.dictionary]
    if None in found:
        raise UnfitError(pc.index(coded.indices, found.index(None)).as_py())
    moments = found if pt.is_timestamp(arrow) else [one.date() for one in found if one]
    return pa.array(moments, arrow).take(coded.indices)


def _read_date(text: str, form: str) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, form)
    except ValueError:
        return None


def _read_numbers(texts: pa.Array, arrow: pa.DataType, csv_format: CsvFormat) -> pa.Array:
    """Return numbers: their digits may stand in groups of three."""
    group, point = re.escape(csv_format.thousands or ","), re.escape(csv_format.decimal)
    plain, grouped = "[0-9]+", f"[0-9]{{1,3}}({group}[0-9]{{3}})+"
    if arrow == pa.float64():
        plain = f"([0-9]*{point})?[0-9]+([eE][+-]?[0-9]+)?|[0-9]+{point}"
        grouped = f"{grouped}({point}[0-9]*)?"
    fits = pc.match_substring_regex(texts, f"^[+-]?({plain}|{grouped})$")
    unfit = pc.index(fits, False).as_py()
    if unfit >= 0:
        raise UnfitError(unfit)
    if csv_format.thousands:
        texts = pc.replace_substring(texts, csv_format.thousands, "")
    texts = pc.replace_substring(texts, csv_format.decimal, ".")
    try:
        return texts.cast(arrow)
    except pa.ArrowInvalid:  # beyond 64 bits
        raise UnfitError(_find_unfit(texts, arrow)) from None
