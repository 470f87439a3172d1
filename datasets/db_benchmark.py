"""db-benchmark's group-by data, bit for bit as its R script makes it: `G1_N_K_nas_sort`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..spec.generated_data import GENERATORS, Drawn, distinct, share
from ..spec.workload import Generated
from .compact_frame import (
    Compact,
    Frame,
    Labels,
    Meaning,
    Millionths,
    Named,
    Progress,
    Spelled,
    Whole,
    narrowest,
    room,
)
from .r_random import BLOCK, RStream, first_appearances
from .row_order import row_order

NAME = "db-benchmark-groupby"
COLUMNS = GENERATORS[NAME]
NO_NUMBER = 0  # keys and counts start at 1, so 0 is free to stand for a null
NO_MEASURE = -1


def draw(dataset: Generated, folder: Path, progress: Progress) -> Iterator[Frame]:
    """Draw the nine columns in the script's order, then the nulls, then sort.

    Needs about 18 bytes a row for 1e8 rows and 100 groups. Raises DataError where there are
    fewer rows than groups, because id3 and id6 are drawn from 1..rows/groups.
    """
    if dataset.rows < dataset.groups:
        raise DataError(
            f"db-benchmark's data needs at least as many rows as groups, not {dataset.rows} rows"
            f" and {dataset.groups} groups; raise `rows` or lower `groups`"
        )
    stream = RStream(dataset.seed)
    columns = []
    for done, (name, meaning) in enumerate(meanings(dataset).items()):
        progress(done / 9)
        columns.append(_drawn(stream, name, meaning, dataset.rows, folder))
    if dataset.nulls:
        columns = [_with_nulls(stream, column, dataset.nulls) for column in columns]
    order = row_order([_rank(column) for column in columns[:6]]) if dataset.sorted else None
    progress(1.0)
    yield Frame(tuple(columns), order)


def meanings(dataset: Generated) -> dict[str, Meaning]:
    """Return the columns in the order in which they are drawn."""
    few = Labels(tuple(f"id{number:03d}" for number in range(1, dataset.groups + 1)))
    return {drawn.name: _meaning(drawn, dataset, few) for drawn in COLUMNS}


def _meaning(drawn: Drawn, dataset: Generated, few: Labels) -> Meaning:
    match drawn.arrow:
        case "string":
            many = drawn.distinct != "groups"
            return Spelled(distinct(drawn, dataset), "id", 10) if many else few
        case "int64":
            return Whole(distinct(drawn, dataset))
        case "double":
            return Millionths()
        case _:
            assert_never(drawn.arrow)


def _drawn(stream: RStream, name: str, meaning: Meaning, n: int, folder: Path) -> Compact:
    """Draw all the rows of one column."""
    match meaning:
        case Millionths():
            numbers = room(n, np.int32, folder)
            stream.millionths_into(numbers)
        case Whole() | Labels() | Spelled() | Named():
            numbers = room(n, narrowest(meaning.distinct), folder)
            stream.sample_into(numbers, meaning.distinct)
    return Compact(name, numbers, meaning)


def _with_nulls(stream: RStream, column: Compact, percent: int) -> Compact:
    """Make a share of a key's values, or of a measure's rows, null; the numbers change in place."""
    null = NO_MEASURE if isinstance(column.meaning, Millionths) else NO_NUMBER
    keys = {drawn.name for drawn in COLUMNS if drawn.key}
    match column.meaning:
        case Whole(distinct=n) | Labels(distinct=n) | Spelled(distinct=n) if column.name in keys:
            nullify_values(stream, column.numbers, n, percent)
        case _:
            size = column.numbers.size
            column.numbers[stream.distinct(size, share(size, percent))] = null
    return Compact(column.name, column.numbers, column.meaning, null)


def nullify_values(stream: RStream, numbers: NDArray[Any], distinct: int, percent: int) -> None:
    """Choose a share of the distinct values, and make every row that holds one of them null."""
    values = first_appearances(numbers, distinct)
    becomes = np.arange(distinct + 1, dtype=numbers.dtype)
    becomes[values[stream.distinct(values.size, share(values.size, percent))]] = NO_NUMBER
    for start in range(0, numbers.size, BLOCK):
        part = numbers[start : start + BLOCK]
        part[:] = becomes[part]


def _rank(column: Compact) -> NDArray[Any]:
    """Return numbers that sort as the column's values do in the C locale, nulls first."""
    if not isinstance(column.meaning, Labels) or column.meaning.distinct < 1000:
        return column.numbers
    # From id1000 on the labels have two lengths, and text order is no longer number order.
    rank = np.zeros(column.meaning.distinct + 1, dtype=column.numbers.dtype)
    rank[1 + np.argsort(column.meaning.texts)] = np.arange(1, rank.size)
    return np.take(rank, column.numbers)
