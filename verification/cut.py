"""Answers that a limit has cut, held against all rows: which ones it keeps may be free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from . import tolerance
from .columns import Array, ColumnPair, IncomparableError, find_family, pair_columns
from .differences import CheckResult, Requirements, describe_foreign_groups, describe_lengths
from .row_keys import encode_keys
from .values import Bounds, RowMatch, check_order, compare_values, differ, has_duplicates, take


def compare_cut(one: pa.Table, other: pa.Table, asked: Requirements, bounds: Bounds) -> CheckResult:
    """Compare an answer that a limit has cut: each row is one of all, and none too often.

    Sorted, it has the first values of what it is sorted by: of rows that tie at the cut, any.
    """
    if reason := describe_lengths(one.slice(0, asked.limit), other):
        return CheckResult(False, reason)
    try:
        places = _find_rows(one, other, asked, bounds)
    except IncomparableError as different:
        return CheckResult(False, str(different))
    if isinstance(places, CheckResult):
        return places
    names = [name for name in one.column_names if name not in asked.keys]
    found = compare_values(one, other, names, RowMatch(places, None, other.num_rows), asked, bounds)
    if found.agrees and asked.sort:
        return check_order(one.slice(0, asked.limit), other, asked, bounds)
    return found


def _find_rows(
    one: pa.Table, other: pa.Table, asked: Requirements, bounds: Bounds
) -> Array | CheckResult:
    """Return which of all rows each row of an answer is, each taken once, or which are none."""
    names = asked.keys or tuple(n for n in one.column_names if find_family(one[n].type) != "float")
    keys = (pair_columns(name, one[name], other[name]) for name in names)
    codes = encode_keys(keys, (one.num_rows, other.num_rows))
    order = np.argsort(codes[0], kind="stable")
    if has_duplicates(codes[0], order):
        return _match_once(one, other, codes, bounds)
    at = np.searchsorted(codes[0], codes[1], sorter=order)
    places: Array = order[np.minimum(at, len(order) - 1)]
    if (codes[0][places] != codes[1]).any() or has_duplicates(codes[1]):
        return describe_foreign_groups(other, asked, codes)
    return places


def _match_once(
    one: pa.Table, other: pa.Table, codes: tuple[Array, Array], bounds: Bounds
) -> Array | CheckResult:
    """Match rows whose keys repeat, one after the other, with the next row of the same values."""
    rows: dict[int, list[int]] = {}
    for place, code in enumerate(codes[0].tolist()):
        rows.setdefault(code, []).append(place)
    columns = [pair_columns(name, one[name], other[name]) for name in one.column_names]
    places = np.empty(other.num_rows, np.int64)
    for row, code in enumerate(codes[1].tolist()):
        free = rows.get(code, [])
        match = next((p for p in free if _is_row(columns, p, row, bounds)), None)
        if match is None:
            return CheckResult(
                False, f"row {row} is not among the rows before the limit, or appears too often"
            )
        free.remove(match)
        places[row] = match
    return places


def _is_row(columns: Sequence[ColumnPair], place: int, row: int, bounds: Bounds) -> bool:
    for column in columns:
        off = bounds.get(column.name)
        share = tolerance.RELATIVE if off is None else tolerance.ROUNDED
        one = take(column.expected, slice(place, place + 1))
        other = take(column.answer, slice(row, row + 1))
        near = 0.0 if off is None else float(off[place])
        if differ(replace(column, expected=one, answer=other), (share, near)).any():
            return False
    return True
