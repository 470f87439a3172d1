"""The frame of the article on parallel Python: the columns that its row functions read."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import DataError
from ..spec.workload import Generated
from .compact import Compact, Frame, Labels, Meaning, Millionths, Progress, Whole, narrowest, room
from .ordering import row_order
from .r_stream import BLOCK

WORDS = Labels(("apple", "banana", "cherry", "damson", "elder"))
NO_NUMBER = -1


def draw(dataset: Generated, folder: Path, progress: Progress) -> Frame:
    """Draw A, B, C, D and key with NumPy's own generator, block by block, a column at a time.

    A is 0..99, B 0..9, C one of five words, D a float of 0..100 with six decimals, key 1..groups.
    Each value of A to D is null with the probability `nulls` percent. Sorted is by key, stably.
    """
    if dataset.groups > np.iinfo(np.int32).max:
        raise DataError(f"the article's frame has at most 2**31 - 1 groups, not {dataset.groups}")
    random = np.random.default_rng(dataset.seed)
    columns = []
    for done, (name, (first, last, meaning)) in enumerate(ranges(dataset).items()):
        progress(done / 5)
        numbers = room(dataset.rows, np.int32, folder)
        null = None if name == "key" or not dataset.nulls else NO_NUMBER
        for start in range(0, dataset.rows, BLOCK):
            part = numbers[start : start + BLOCK]
            part[:] = random.integers(first, last, part.size, endpoint=True)
            if null is not None:
                part[random.random(part.size) < dataset.nulls / 100] = null
        columns.append(Compact(name, numbers, meaning, null))
    key = columns[-1].numbers
    order = row_order([key.astype(narrowest(dataset.groups))]) if dataset.sorted else None
    progress(1.0)
    return Frame(tuple(columns), order)


def ranges(dataset: Generated) -> dict[str, tuple[int, int, Meaning]]:
    """Give each column's first and last number, and what the numbers mean."""
    return {
        "A": (0, 99, Whole(100)),
        "B": (0, 9, Whole(10)),
        "C": (1, 5, WORDS),
        "D": (0, 100_000_000, Millionths()),
        "key": (1, dataset.groups, Whole(dataset.groups)),
    }
