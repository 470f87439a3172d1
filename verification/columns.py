"""Two columns of the same name from two engines, brought to one NumPy type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .threads import map_threads

Array: TypeAlias = npt.NDArray[Any]
Family = Literal["null", "int", "float", "string", "time", "duration"]

# Bytes that the 32-bit offsets of an Arrow string array can address.
MOST_TEXT = 2**31 - 1
VALUE, MISSING, NOT_WHOLE = 0, 1, 2
NANOSECONDS = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9, "day": 86_400 * 10**9}


class IncomparableError(Exception):
    """Two columns of different families; the text is the end of a sentence about the second."""


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """One engine's values; `state` says which are missing (None: all of them are values)."""

    values: Array
    state: Array | None = None


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """A column of both answers; where it is not `exact` it is float64, and NaN is missing."""

    name: str
    exact: bool
    expected: ColumnValues
    answer: ColumnValues


def pair_columns(name: str, expected: pa.ChunkedArray, answer: pa.ChunkedArray) -> ColumnPair:
    """Bring two columns to one type: int64 (also strings' codes, times) or float64.

    A column without a value is of any type: pandas has floats where all texts are missing. Raises
    IncomparableError where one is, say, text and the other a number.
    """
    families = find_family(expected.type), find_family(answer.type)
    if families[0] != families[1] or has_zone(expected) != has_zone(answer):
        expected, answer = _drop_type(expected), _drop_type(answer)
        families = find_family(expected.type), find_family(answer.type)
    match families:
        case ("null", other) | (other, "null"):
            pass
        case ("int", "float") | ("float", "int"):
            return _pair_integers_and_floats(name, expected, answer, families)
        case (other, same) if other == same and has_zone(expected) == has_zone(answer):
            pass
        case _:
            raise IncomparableError(f"column {name} is {answer.type} instead of {expected.type}")
    return _pair_family(name, other, _cast_null(expected, answer), _cast_null(answer, expected))


def find_family(type_: pa.DataType) -> Family:
    """Return what kind of values an Arrow type holds; engines differ in the type, not in this."""
    kind = type_.value_type if pa.types.is_dictionary(type_) else type_
    for name, tests in _FAMILIES.items():
        if any(test(kind) for test in tests):
            return name
    if pa.types.is_decimal(kind):
        return "int" if kind.scale == 0 else "float"
    if pa.types.is_nested(kind):
        mend = "a function must return one value for each name in 'as', not an array"
        raise IncomparableError(f"a column holds {type_}; {mend}")
    raise IncomparableError(f"a column is {type_}, which cannot be compared")


def has_zone(column: pa.ChunkedArray) -> bool:
    """Return whether a column has times with a zone: those without one are no instants."""
    kind = decode_dictionary(column.slice(0, 0)).type
    return pa.types.is_timestamp(kind) and kind.tz is not None


_FAMILIES: dict[Family, tuple[Any, ...]] = {
    "null": (pa.types.is_null,),
    # an engine may give 0 and 1 for truth values
    "int": (pa.types.is_integer, pa.types.is_boolean),
    "float": (pa.types.is_floating,),
    "string": (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
    "time": (pa.types.is_date, pa.types.is_timestamp),
    "duration": (pa.types.is_duration,),
}


def decode_dictionary(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a dictionary column as its values."""
    if pa.types.is_dictionary(column.type):
        return column.cast(column.type.value_type)
    return column


def to_floats(column: pa.ChunkedArray) -> ColumnValues:
    """Return numbers as float64, missing as NaN."""
    column = decode_dictionary(column)
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    column = column.cast(pa.float64(), safe=False)
    return ColumnValues((column.fill_null(np.nan) if column.null_count else column).to_numpy())


def _drop_type(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column, without its type where all of its values are missing."""
    if pc.all(pc.is_null(column, nan_is_null=True), min_count=0).as_py():
        return pa.chunked_array([pa.nulls(len(column))])
    return column


def _cast_null(column: pa.ChunkedArray, like: pa.ChunkedArray) -> pa.ChunkedArray:
    return (
        column.cast(decode_dictionary(like).type)
        if pa.types.is_null(column.type)
        else decode_dictionary(column)
    )


def _pair_family(
    name: str, kind: Family, expected: pa.ChunkedArray, answer: pa.ChunkedArray
) -> ColumnPair:
    match kind:
        case "float":
            return ColumnPair(name, False, to_floats(expected), to_floats(answer))
        case "string":
            return ColumnPair(name, True, *_to_codes(expected, answer))
        case "int" | "null":
            return _pair_integers(name, expected, answer)
        case "time" | "duration":
            return ColumnPair(name, True, *_to_times(expected, answer))


def _pair_integers(name: str, expected: pa.ChunkedArray, answer: pa.ChunkedArray) -> ColumnPair:
    try:
        return ColumnPair(name, True, _to_integers(expected), _to_integers(answer))
    except pa.ArrowInvalid:
        return ColumnPair(name, True, _to_wide_integers(expected), _to_wide_integers(answer))


def _to_wide_integers(column: pa.ChunkedArray) -> ColumnValues:
    """Return integers beyond 64 bits as Python's own."""
    return _to_objects([None if v is None else int(v) for v in column.to_pylist()])


def _to_objects(values: list[int | None]) -> ColumnValues:
    state = np.array([MISSING if value is None else 0 for value in values], np.uint8)
    return ColumnValues(np.array([value or 0 for value in values], object), state)


def _to_integers(column: pa.ChunkedArray) -> ColumnValues:
    if pa.types.is_null(column.type):
        return ColumnValues(
            np.zeros(len(column), np.int64), np.full(len(column), MISSING, np.uint8)
        )
    column = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    if pa.types.is_decimal(column.type) or pa.types.is_uint64(column.type):
        column = column.cast(pa.int64())
    if not column.null_count:
        return ColumnValues(column.to_numpy())
    return ColumnValues(
        column.fill_null(0).to_numpy(), pc.is_null(column).to_numpy().astype(np.uint8)
    )


def _pair_integers_and_floats(
    name: str, expected: pa.ChunkedArray, answer: pa.ChunkedArray, families: tuple[Family, Family]
) -> ColumnPair:
    # pandas turns an integer column with missing values into float64: it must stay exact
    if families == ("float", "int"):
        return ColumnPair(name, False, to_floats(expected), to_floats(answer))
    try:
        return ColumnPair(
            name,
            True,
            _to_integers(decode_dictionary(expected)),
            _to_whole_numbers(to_floats(answer).values),
        )
    except pa.ArrowInvalid:
        return ColumnPair(name, False, to_floats(expected), to_floats(answer))


def _to_whole_numbers(values: Array) -> ColumnValues:
    missing = np.isnan(values)
    with np.errstate(invalid="ignore"):
        whole = (np.trunc(values) == values) & (np.abs(values) < 2.0**63)
    state = np.where(missing, MISSING, np.where(whole, VALUE, NOT_WHOLE)).astype(np.uint8)
    return ColumnValues(
        np.where(whole, values, 0.0).astype(np.int64), state if state.any() else None
    )


def _to_times(
    expected: pa.ChunkedArray, answer: pa.ChunkedArray
) -> tuple[ColumnValues, ColumnValues]:
    try:
        return _to_ticks(expected), _to_ticks(answer)
    except pa.ArrowInvalid:  # beyond the years 1677 to 2262
        return _to_wide_ticks(expected), _to_wide_ticks(answer)


def _to_ticks(column: pa.ChunkedArray) -> ColumnValues:
    """Return times or durations as nanoseconds; ArrowInvalid where 64 bits do not hold them."""
    if pa.types.is_duration(column.type):
        return _to_integers(column.cast(pa.duration("ns")).cast(pa.int64()))
    # A zone only says how an instant is shown, and Arrow may not know it.
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64()).cast(pa.timestamp(column.type.unit))
    return _to_integers(column.cast(pa.timestamp("ns")).cast(pa.int64()))


def _to_wide_ticks(column: pa.ChunkedArray) -> ColumnValues:
    if pa.types.is_date32(column.type):
        whole, factor = column.cast(pa.int32()), NANOSECONDS["day"]
    else:
        unit = "ms" if pa.types.is_date64(column.type) else column.type.unit
        whole, factor = column.cast(pa.int64()), NANOSECONDS[unit]
    values = [None if value is None else value * factor for value in whole.to_pylist()]
    return _to_objects(values)


def _to_codes(
    expected: pa.ChunkedArray, answer: pa.ChunkedArray
) -> tuple[ColumnValues, ColumnValues]:
    """Return two text columns as codes of one dictionary, 0 for missing."""
    (one, words), (other, their_words) = map_threads(_encode, len(expected), (expected, answer))
    place = pc.index_in(their_words, value_set=words)
    fresh = pa.array(np.arange(len(words), len(words) + len(their_words), dtype=np.int32))
    renamed = np.asarray(pc.coalesce(place, fresh)).astype(np.int32) + 1
    lookup = np.concatenate((np.zeros(1, np.int32), renamed))
    np.take(lookup, other, out=other, mode="clip")
    pa.default_memory_pool().release_unused()  # the encoder's tables are as large as the column
    return ColumnValues(one), ColumnValues(other)


def widen_offsets(column: pa.ChunkedArray, most: int = MOST_TEXT) -> pa.ChunkedArray:
    """Return text of more than `most` bytes with 64-bit offsets: one dictionary may hold it all."""
    if pa.types.is_string(column.type) and column.nbytes > most:
        return column.cast(pa.large_string())
    return column


def _encode(column: pa.ChunkedArray) -> tuple[Array, pa.Array]:
    encoded = widen_offsets(column).dictionary_encode()
    if not encoded.num_chunks:
        return np.zeros(0, np.int32), pa.array([], pa.large_string())
    codes = np.empty(len(column), np.int32)
    at = 0
    for chunk in encoded.chunks:  # each has the whole column's dictionary
        part = codes[at : at + len(chunk)]
        part[:] = chunk.indices.fill_null(-1) if chunk.null_count else chunk.indices
        part += 1
        at += len(chunk)
    return codes, encoded.chunk(0).dictionary.cast(pa.large_string())
