"""Rows' keys as one int64 each, the same number for the same key in both answers."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from .columns import Array, Pair, Side

LARGEST = 2**62


def key_codes(pairs: Iterable[Pair], rows: tuple[int, int]) -> tuple[Array, Array]:
    """Give both answers' rows a number each: one for one key, and never for two.

    Each column is coded 0..size-1 over both answers (0 is missing), and the columns' codes are the
    digits of a mixed-radix number, so that there is nothing to collide. Where the digits would not
    fit 63 bits, what is there so far is numbered afresh.
    """
    codes = np.zeros(rows[0], np.int64), np.zeros(rows[1], np.int64)
    size = 1
    for column in pairs:
        digits, base = _digits(column)
        if size > LARGEST // base:
            codes, size = _renumber(codes)
        if size > LARGEST // base:
            digits, base = _renumber(digits)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(_append, codes, digits, (base, base)))
        size *= base
    return codes


def _append(codes: Array, digit: Array, base: int) -> None:
    codes *= base
    codes += digit


def _digits(column: Pair) -> tuple[tuple[Array, Array], int]:
    if not column.exact:
        return _renumber((_bits(column.expected.values), _bits(column.answer.values)))
    sides = column.expected, column.answer
    filled = [side.values for side in sides if len(side.values)]
    if not filled:
        return (sides[0].values, sides[1].values), 1
    low = min(int(values.min()) for values in filled)
    size = max(int(values.max()) for values in filled) - low + 1
    if size > 2**40:  # no dense range: number the values that are there
        wide = tuple(side.values.astype(np.int64, copy=False) for side in sides)
        (one, other), size = _renumber((wide[0], wide[1]))
        sides, low = (Side(one, sides[0].state), Side(other, sides[1].state)), 0
    # the states (missing, not a whole number) take the two places before the values
    return (_shifted(sides[0], low), _shifted(sides[1], low)), size + 2


def _shifted(side: Side, low: int) -> Array:
    digits = side.values.astype(np.int64)
    digits -= low - 2
    if side.state is not None:
        digits[side.state != 0] = side.state[side.state != 0] - 1
    return digits


def _bits(values: Array) -> Array:
    canonical = values + 0.0  # -0.0 becomes 0.0
    canonical[np.isnan(canonical)] = np.nan
    return canonical.view(np.int64)


def _renumber(codes: tuple[Array, Array]) -> tuple[tuple[Array, Array], int]:
    both = pa.chunked_array([pa.array(codes[0]), pa.array(codes[1])]).dictionary_encode()
    dense = [chunk.indices.to_numpy().astype(np.int64) for chunk in both.chunks]
    return (dense[0], dense[1]), max(len(both.chunk(0).dictionary), 1)
