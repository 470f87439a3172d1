"""Answers where steps behind to_floats may fall on either side of their edges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from .answers import compare_answers, open_answer
from .columns import Array, ColumnPair, IncomparableError, pair_columns, to_floats
from .differences import Requirements
from .row_keys import encode_keys
from .values import compute_tolerance, differ, has_duplicates, take


def is_possible(
    expected: Sequence[Path | pa.Table],
    answer: Path | pa.Table,
    asked: Requirements,
    mixed: frozenset[str],
) -> bool:
    """Return whether an answer is right where steps fall on one side of their edges or the other.

    It is where it agrees with one of the expected answers as a whole, or each of its rows has, in
    each column, the value of one of them: one between them in the `mixed` columns, which aggregate
    steps. A group that some of them lack is free to be there.
    """
    if any(compare_answers(one, answer, asked).agrees for one in expected[1:]):
        return True
    other, tables = open_answer(answer), [open_answer(one) for one in expected]
    if asked.unkeyed or asked.limit is not None:
        return False
    if asked.positional and any(table.num_rows != other.num_rows for table in tables):
        return False
    try:
        return _is_mixture(tables, other, asked, mixed)
    except IncomparableError:
        return False


def _is_mixture(
    tables: Sequence[pa.Table], other: pa.Table, asked: Requirements, mixed: frozenset[str]
) -> bool:
    every = pa.concat_tables(tables, promote_options="permissive")
    codes = _encode_rows(every, other, asked)
    starts = np.cumsum([0, *(table.num_rows for table in tables)])
    parts = [codes[0][a:b] for a, b in pairwise(starts)]
    if any(has_duplicates(part) for part in (*parts, codes[1])):
        return False
    sure = reduce(np.intersect1d, parts)
    if not (np.isin(codes[1], codes[0]).all() and np.isin(sure, codes[1]).all()):
        return False
    places = [
        _locate_codes(part, codes[1], start) for part, start in zip(parts, starts, strict=False)
    ]
    kept = () if asked.positional else asked.keys
    names = [name for name in asked.drop_errors(every).column_names if name not in kept]
    columns = (pair_columns(name, every[name], other[name]) for name in names)
    return all(_has_value(every, c, places, asked, between=c.name in mixed) for c in columns)


def _encode_rows(every: pa.Table, other: pa.Table, asked: Requirements) -> tuple[Array, Array]:
    """Return numbers that tell rows apart: those of the keys, or of the places that they keep."""
    if asked.positional:
        places = np.arange(every.num_rows) % max(other.num_rows, 1)
        return places, np.arange(other.num_rows)
    keys = (pair_columns(name, every[name], other[name]) for name in asked.keys)
    return encode_keys(keys, (every.num_rows, other.num_rows))


def _locate_codes(codes: Array, wanted: Array, start: int) -> Array:
    """Return the place of each wanted code behind `start`; -1 where it is not there."""
    if not len(codes):
        return np.full(len(wanted), -1)
    order = np.argsort(codes, kind="stable")
    at = order[np.minimum(np.searchsorted(codes, wanted, sorter=order), len(order) - 1)]
    return np.where(codes[at] == wanted, at + start, -1)


def _has_value(
    every: pa.Table,
    column: ColumnPair,
    places: Sequence[Array],
    asked: Requirements,
    *,
    between: bool,
) -> bool:
    """Return whether each row's value is one of those expected of it, or lies between them."""
    error = (asked.errors or {}).get(column.name)
    bounds = {column.name: to_floats(every[error]).values} if error else {}
    share, off = compute_tolerance(column, asked, bounds)
    rows = len(column.answer.values)
    right = np.zeros(rows, bool)
    low, high = np.full(rows, np.inf), np.full(rows, -np.inf)
    for place in places:
        near = off[place] if isinstance(off, np.ndarray) else off
        block = replace(column, expected=take(column.expected, place))
        right |= (place >= 0) & ~differ(block, (share, near))
        if between and column.expected.values.dtype.kind in "if":
            values = np.where(place >= 0, block.expected.values.astype(float), np.nan)
            low, high = np.fmin(low, values - near), np.fmax(high, values + near)
    if between and column.answer.values.dtype.kind in "if":
        there = column.answer.state is None or column.answer.state == 0
        right |= there & (low <= column.answer.values) & (column.answer.values <= high)
    return bool(right.all())
