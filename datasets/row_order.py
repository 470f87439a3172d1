"""The order of rows by several columns of small integers, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


def sort_rows(keys: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return the stable order of rows by keys of unsigned integers, the first the most important.

    The rows are parted by the first key and each part is sorted alone, so that beside the answer
    only one part's keys are held at a time.
    """
    first, others = keys[0], keys[1:]
    narrow = np.min_scalar_type(max(first.size - 1, 0))
    if not others:
        return np.argsort(first, kind="stable").astype(narrow)
    starts = np.concatenate([[0], np.cumsum(np.bincount(first))])
    order = np.empty(first.size, dtype=narrow)
    for value, (start, stop) in enumerate(pairwise(starts)):
        if start < stop:
            rows = np.flatnonzero(first == value).astype(narrow)
            order[start:stop] = rows[_sort_packed([key[rows] for key in others])]
    return order


def _sort_packed(keys: Sequence[NDArray[Any]]) -> NDArray[np.intp]:
    """Return the stable order by keys, packed into as few 64-bit numbers as hold them."""
    packed = [np.zeros(keys[0].size, dtype=np.uint64)]
    used = 0
    for key in keys:
        bits = int(key.max()).bit_length()
        if used + bits > 64:
            packed.append(np.zeros(key.size, dtype=np.uint64))
            used = 0
        packed[-1] <<= np.uint64(bits)
        packed[-1] |= key
        used += bits
    if len(packed) == 1:
        return np.argsort(packed[0], kind="stable")
    return np.lexsort(packed[::-1])
