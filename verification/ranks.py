"""Ranks of values that rounding may carry: nearly equal ones may stand in either order.

An engine's float may lie anywhere within its bound. Ranks are right if *some* values within the
bounds have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pyarrow as pa

from .columns import Array, find_family, pair_columns, to_floats
from .row_keys import encode_keys
from .tolerance import ROUNDED
from .values import has_duplicates


@dataclass(frozen=True, slots=True)
class Ranking:
    """How an output ranks values: the columns of the values and of what each may be off.

    `method` is min, max, average, dense or percent; `keys` are the columns of the groups.
    """

    values: str
    errors: str
    method: str
    descending: bool
    keys: tuple[str, ...]


def settle_ranks(
    expected: pa.Table, answer: pa.Table, ranks: Mapping[str, Ranking], *, positional: bool
) -> pa.Table:
    """Return the expected answer with the ranks that an answer has, where they are possible.

    The columns that `ranks` names are left out. Raises IncomparableError for columns of other
    types.
    """
    extra = {column for rank in ranks.values() for column in (rank.values, rank.errors)}
    shown = expected.drop_columns([*extra])
    lacking = {*shown.column_names} - {*answer.column_names}
    if lacking or expected.num_rows != answer.num_rows:
        return shown
    rows = np.arange(answer.num_rows) if positional else _match_rows(shown, answer, ranks)
    for name, rank in ranks.items() if rows is not None else ():
        own, given = (to_floats(table[name]).values for table in (shown, answer))
        free = _find_possible(expected, rank, own, given[rows])
        chosen = pa.array(np.where(free, given[rows], own), from_pandas=True)
        column = chosen.cast(shown[name].type, safe=False)
        shown = shown.set_column(shown.column_names.index(name), name, column)
    return shown


def _match_rows(shown: pa.Table, answer: pa.Table, ranks: Mapping[str, Ranking]) -> Array | None:
    """Return the answer's row of each expected one; None where the exact columns do not tell."""
    families = {name: find_family(shown[name].type) for name in shown.column_names}
    exact = [name for name, kind in families.items() if name not in ranks and kind != "float"]
    pairs = (pair_columns(name, shown[name], answer[name]) for name in exact)
    codes = encode_keys(pairs, (shown.num_rows, answer.num_rows))
    orders = [np.argsort(code, kind="stable") for code in codes]
    if has_duplicates(codes[0]) or not np.array_equal(codes[0][orders[0]], codes[1][orders[1]]):
        return None
    rows = np.empty(shown.num_rows, np.int64)
    rows[orders[0]] = orders[1]
    return rows


def _find_possible(expected: pa.Table, rank: Ranking, own: Array, given: Array) -> Array:
    """Return which rows are of groups whose given ranks differ and are possible."""
    values = to_floats(expected[rank.values]).values
    errors = np.nan_to_num(to_floats(expected[rank.errors]).values)
    off = np.where(errors > 0, errors + ROUNDED * np.abs(values), 0.0)
    values = -values if rank.descending else values
    pairs = (pair_columns(name, expected[name], expected[name]) for name in rank.keys)
    codes, _ = encode_keys(pairs, (len(own), len(own)))
    there = ~np.isnan(values)
    possible = np.zeros(len(own), bool)
    for code in np.unique(codes[there & (own != given)]):
        rows = np.flatnonzero((codes == code) & there)
        low, high = values[rows] - off[rows], values[rows] + off[rows]
        possible[rows] = are_possible(low, high, given[rows], rank.method)
    return possible


def are_possible(low: Array, high: Array, ranks: Array, method: str) -> bool:
    """Return whether values between two bounds have these ranks, the least value the first one."""
    if np.isnan(ranks).any():
        return False
    ranks = ranks * (len(ranks) - 1) + 1 if method == "percent" else ranks
    order = np.argsort(ranks, kind="stable")
    groups = (list(rows) for _, rows in groupby(order, key=lambda row: round(float(ranks[row]), 6)))
    before, last = 0, -np.inf
    for place, rows in enumerate(groups, 1):
        counted = _count_rank(method, before, len(rows), place)
        # The values of a rank are equal, and above those of the rank before.
        value = max(float(low[rows].max()), float(np.nextafter(last, np.inf)))
        if abs(ranks[rows[0]] - counted) > 1e-6 or value > high[rows].min():
            return False
        before, last = before + len(rows), value
    return True


def _count_rank(method: str, before: int, equal: int, place: int) -> float:
    """Return the rank of so many equal values, with so many before them."""
    match method:
        case "max":
            return before + equal
        case "average":
            return before + (equal + 1) / 2
        case "dense":
            return place
        case _:
            return before + 1
