"""Values that are free: of those a group has, the expected answer takes the one that is given.

So are the last digits of keys that are computed floats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import Array, ColumnPair, find_family, pair_columns, to_floats
from .row_keys import encode_keys
from .tolerance import ROUNDED, find_differences
from .values import has_duplicates


def settle_choices(
    expected: pa.Table, answer: pa.Table, keys: Sequence[str], choices: Mapping[str, str]
) -> pa.Table:
    """Return the expected answer with the values that an answer has, where they are free.

    `choices` names, for an output, the column with the lists of the values that it may have; it is
    left out. Of floats, the nearest is taken. Raises IncomparableError for columns of other types.
    """
    shown = expected.drop_columns(list(choices.values()))
    if any(name not in answer.column_names for name in (*keys, *choices)):
        return shown
    pairs = (pair_columns(name, shown[name], answer[name]) for name in keys)
    codes = encode_keys(pairs, (shown.num_rows, answer.num_rows))
    if not answer.num_rows or any(map(has_duplicates, codes)):
        return shown
    rows = _find_rows(codes)
    for name, lists in choices.items():
        column = _choose(expected[lists].combine_chunks(), answer[name], name, rows)
        shown = shown.set_column(shown.column_names.index(name), name, column)
    return shown


def settle_keys(one: pa.Table, other: pa.Table, computed: Sequence[str]) -> pa.Table:
    """Return an answer with another one's computed floats as keys, where all of them are near."""
    for name in computed:
        if any(find_family(table[name].type) != "float" for table in (one, other)):
            continue
        wanted, values = np.unique(to_floats(one[name]).values), to_floats(other[name]).values
        given, places = np.unique(values, return_inverse=True)
        nearest = _find_nearest(wanted, given)
        alone = len(np.unique(nearest)) == len(nearest)
        if alone and not find_differences(wanted[nearest], given, ROUNDED, 0.0).any():
            place = other.column_names.index(name)
            near = pa.array(wanted[nearest[places]], from_pandas=True)
            other = other.set_column(place, name, near)
    return other


def _find_nearest(wanted: Array, given: Array) -> Array:
    """Return the place of the nearest of some sorted numbers for each given one."""
    if not len(wanted):
        return np.zeros(0, int)
    above = np.minimum(np.searchsorted(wanted, given), len(wanted) - 1)
    below = np.maximum(above - 1, 0)
    with np.errstate(invalid="ignore"):
        closer = ~(np.abs(wanted[above] - given) <= np.abs(wanted[below] - given))
    equal = (wanted[above] == given) | np.isnan(given)
    nearest: Array = np.where(closer & ~equal, below, above)
    return nearest


def _find_rows(codes: tuple[Array, Array]) -> Array:
    """Return the answer's row of each expected one; -1 where it has none."""
    order = np.argsort(codes[1], kind="stable")
    at = np.minimum(np.searchsorted(codes[1], codes[0], sorter=order), len(order) - 1)
    found: Array = np.where(codes[1][order[at]] == codes[0], order[at], -1)
    return found


def _choose(
    lists: pa.ListArray, answer: pa.ChunkedArray, name: str, rows: Array
) -> pa.ChunkedArray:
    """Return the value of each list that is nearest to the answer's; missing for an empty list."""
    parents = pc.list_parent_indices(lists).to_numpy()
    values = pa.chunked_array([pc.list_flatten(lists)])
    far = _measure(pair_columns(name, values, answer), rows[parents])
    order = np.lexsort((far, parents))
    groups, first = np.unique(parents[order], return_index=True)
    chosen = np.zeros(len(lists), np.int64)
    chosen[groups] = order[first]
    return values.take(pa.array(chosen, mask=~np.isin(np.arange(len(lists)), groups)))


def _measure(pair: ColumnPair, rows: Array) -> Array:
    """Return how far each expected value is from the answer's in a row; infinite from none."""
    one, other = pair.expected.values, pair.answer.values[rows]
    with np.errstate(invalid="ignore"):
        off = np.ones(len(one)) if pair.exact else np.nan_to_num(np.abs(one - other), nan=np.inf)
    far: Array = np.where(one == other, 0.0, off)
    missing = pair.answer.state is not None and pair.answer.state[rows] != 0
    return np.where((rows < 0) | missing, np.inf, far)
