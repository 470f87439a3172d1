"""Rows' keys as one int64 each, the same number for the same key in both answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .columns import Array, ColumnPair, ColumnValues
from .threads import map_threads

LARGEST = 2**62
BLOCK = 1 << 17
# 2**64 divided by the golden ratio (Knuth, The Art of Computer Programming 3, section 6.4)
SCRAMBLE = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class _Digit:
    """One column's share of the codes: values from `low` on, after two places for the states."""

    sides: tuple[ColumnValues, ColumnValues]
    low: int
    base: int


def encode_keys(pairs: Iterable[ColumnPair], rows: tuple[int, int]) -> tuple[Array, Array]:
    """Return both answers' rows a number each: one for one key, and never for two.

    Each column's values are coded 0..base-1 over both answers, and the columns' codes are the
    digits of a mixed-radix number, so that there is nothing to collide. Where the digits would not
    fit 63 bits, what is there so far is numbered afresh.
    """
    codes = np.zeros(rows[0], np.int64), np.zeros(rows[1], np.int64)
    size = 1
    for column in pairs:
        digit = _build_digit(column)
        if size > LARGEST // digit.base:
            codes, size = _renumber(codes)
        map_threads(_append_digit, max(rows), codes, digit.sides, (digit, digit))
        size *= digit.base
    return codes


def sort_codes(codes: Array) -> Array:
    """Return an order of rows that is the same for the same codes, whatever order they come in.

    Sorting values is several times faster than sorting positions by them, so the upper bits of the
    scrambled code and the position share one word; the few codes that those bits do not tell apart
    are put in order afterwards.
    """
    below = np.uint64((1 << len(codes).bit_length()) - 1)
    words = codes.view(np.uint64) * SCRAMBLE  # wraps, and keeps different codes different
    words &= ~below
    for part in _split_blocks(len(codes)):
        words[part] |= np.arange(part.start, part.stop, dtype=np.uint64)
    words.sort()
    order = np.empty(len(codes), np.int32 if len(codes) < 2**31 else np.int64)
    for part in _split_blocks(len(codes)):
        order[part] = words[part] & below
    words &= ~below
    _resolve_ties(order, words, codes)
    return order


def _split_blocks(length: int) -> Iterator[slice]:
    # blocks stay in the processor's cache: a fresh array of all rows costs more than the sum
    return (slice(i, min(i + BLOCK, length)) for i in range(0, length, BLOCK))


def _resolve_ties(order: Array, words: Array, codes: Array) -> None:
    tied = np.zeros(len(order) + 1, bool)
    np.equal(words[1:], words[:-1], out=tied[1:-1])
    places = np.flatnonzero(tied[1:] | tied[:-1])
    rows = order[places]
    order[places] = rows[np.lexsort((codes[rows], words[places]))]


def find_ties(codes: Array, order: Array) -> Array:
    """Return the places of the order whose code is that of a neighbour."""
    tied = np.zeros(len(order) + 1, bool)
    for part in _split_blocks(len(order)):
        block = codes[order[part.start : part.stop + 1]]
        np.equal(block[1:], block[:-1], out=tied[part.start + 1 : part.start + len(block)])
    return np.flatnonzero(tied[1:] | tied[:-1])


def break_ties(order: Array, tied: Array, values: Sequence[Array]) -> None:
    """Order the rows of tied places by their values; the first are the tied codes."""
    rows = order[tied]
    code, *rest = (side[rows] for side in values)
    runs = np.cumsum(np.append(True, code[1:] != code[:-1]))
    order[tied] = rows[np.lexsort((*reversed(rest), runs))]


def _append_digit(codes: Array, side: ColumnValues, digit: _Digit) -> None:
    for part in _split_blocks(len(codes)):
        block = side.values[part].astype(np.int64)
        block -= digit.low
        block += 2
        if side.state is not None:
            np.copyto(block, side.state[part] - 1, where=side.state[part] != 0)
        codes[part] *= digit.base
        codes[part] += block


def _build_digit(column: ColumnPair) -> _Digit:
    if not column.exact:
        return _number_values(
            _canonicalize_bits(column.expected.values),
            _canonicalize_bits(column.answer.values),
            (None, None),
        )
    sides = column.expected, column.answer
    if any(side.values.dtype == object for side in sides):
        return _number_wide(sides)
    filled = [side.values for side in sides if len(side.values)]
    low = min((int(values.min()) for values in filled), default=0)
    size = max((int(values.max()) for values in filled), default=0) - low + 1
    if size <= 2**31:
        return _Digit(sides, low, size + 2)
    # no dense range: number the values that are there
    return _number_values(sides[0].values, sides[1].values, (sides[0].state, sides[1].state))


def _number_values(one: Array, other: Array, states: tuple[Array | None, Array | None]) -> _Digit:
    (first, second), size = _renumber((one, other))
    return _Digit((ColumnValues(first, states[0]), ColumnValues(second, states[1])), 0, size + 2)


def _number_wide(sides: tuple[ColumnValues, ColumnValues]) -> _Digit:
    """Return the digit of integers beyond 64 bits, numbered by their values."""
    one, other = (side.values for side in sides)
    _, codes = np.unique(np.concatenate((one, other)), return_inverse=True)
    return _number_values(codes[: len(one)], codes[len(one) :], (sides[0].state, sides[1].state))


def _canonicalize_bits(values: Array) -> Array:
    canonical = values + 0.0  # -0.0 becomes 0.0
    canonical[np.isnan(canonical)] = np.nan
    return canonical.view(np.int64)


def _renumber(codes: tuple[Array, Array]) -> tuple[tuple[Array, Array], int]:
    chunks = [pa.array(side.astype(np.int64, copy=False)) for side in codes]
    both = pa.concat_arrays(chunks).dictionary_encode()
    dense = both.indices.to_numpy().astype(np.int64)
    return (dense[: len(codes[0])], dense[len(codes[0]) :]), max(len(both.dictionary), 1)
