"""db-benchmark's group-by data, bit for bit as its R script makes it: `G1_N_K_nas_sort`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..spec.generated_data import GENERATORS, Drawn, compute_share, count_distinct
from ..spec.workload import Generated
from .compact_frame import (
    CompactColumn,
    CompactFrame,
    Encoding,
    Integers,
    Labels,
    Millionths,
    NumberedLabels,
    PaddedLabels,
    Progress,
    Seconds,
    allocate,
    find_narrowest_type,
)
from .r_random import BLOCK, RStream, find_first_appearances
from .row_order import sort_rows

NAME = "db-benchmark-groupby"
COLUMNS = GENERATORS[NAME]
NO_NUMBER = 0  # keys and counts start at 1, so 0 is free to stand for a null
NO_MEASURE = -1


def draw(dataset: Generated, folder: Path, progress: Progress) -> Iterator[CompactFrame]:
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
    for done, (name, meaning) in enumerate(find_encodings(dataset).items()):
        progress(done / 9)
        columns.append(_draw_column(stream, name, meaning, dataset.rows, folder))
    if dataset.nulls:
        columns = [_add_nulls(stream, column, dataset.nulls) for column in columns]
    order = sort_rows([_rank_values(column) for column in columns[:6]]) if dataset.sorted else None
    progress(1.0)
    yield CompactFrame(tuple(columns), order)


def find_encodings(dataset: Generated) -> dict[str, Encoding]:
    """Return the columns in the order in which they are drawn."""
    few = Labels(tuple(f"id{number:03d}" for number in range(1, dataset.groups + 1)))
    return {drawn.name: _find_encoding(drawn, dataset, few) for drawn in COLUMNS}


def _find_encoding(drawn: Drawn, dataset: Generated, few: Labels) -> Encoding:
    if drawn.arrow != "string":
        return encode_numbers(drawn, dataset)
    many = drawn.distinct != "groups"
    return PaddedLabels(count_distinct(drawn, dataset), "id", 10) if many else few


def encode_numbers(drawn: Drawn, dataset: Generated) -> Encoding:
    """Return what the numbers of a column that holds no texts stand for."""
    match drawn.arrow:
        case "double":
            return Millionths()
        case "timestamp[us]":
            return Seconds()
        case _:
            return Integers(count_distinct(drawn, dataset))


def _draw_column(
    stream: RStream, name: str, meaning: Encoding, n: int, folder: Path
) -> CompactColumn:
    """Draw all the rows of one column."""
    match meaning:
        case Millionths():
            numbers = allocate(n, np.int32, folder)
            stream.draw_millionths_into(numbers)
        case Integers() | Labels() | PaddedLabels() | NumberedLabels():
            numbers = allocate(n, find_narrowest_type(meaning.distinct), folder)
            stream.sample_into(numbers, meaning.distinct)
    return CompactColumn(name, numbers, meaning)


def _add_nulls(stream: RStream, column: CompactColumn, percent: int) -> CompactColumn:
    """Make a share of a key's values, or of a measure's rows, null; the numbers change in place."""
    null = NO_MEASURE if isinstance(column.meaning, Millionths) else NO_NUMBER
    keys = {drawn.name for drawn in COLUMNS if drawn.key}
    match column.meaning:
        case Integers(distinct=n) | Labels(distinct=n) | PaddedLabels(distinct=n) if (
            column.name in keys
        ):
            nullify_values(stream, column.numbers, n, percent)
        case _:
            size = column.numbers.size
            column.numbers[stream.draw_distinct(size, compute_share(size, percent))] = null
    return CompactColumn(column.name, column.numbers, column.meaning, null)


def nullify_values(stream: RStream, numbers: NDArray[Any], distinct: int, percent: int) -> None:
    """Choose a share of the distinct values, and make every row that holds one of them null."""
    values = find_first_appearances(numbers, distinct)
    becomes = np.arange(distinct + 1, dtype=numbers.dtype)
    becomes[values[stream.draw_distinct(values.size, compute_share(values.size, percent))]] = (
        NO_NUMBER
    )
    for start in range(0, numbers.size, BLOCK):
        part = numbers[start : start + BLOCK]
        part[:] = becomes[part]


def _rank_values(column: CompactColumn) -> NDArray[Any]:
    """Return numbers that sort as the column's values do in the C locale, nulls first."""
    if not isinstance(column.meaning, Labels) or column.meaning.distinct < 1000:
        return column.numbers
    # From id1000 on the labels have two lengths, and text order is no longer number order.
    rank = np.zeros(column.meaning.distinct + 1, dtype=column.numbers.dtype)
    rank[1 + np.argsort(column.meaning.texts)] = np.arange(1, rank.size)
    return np.take(rank, column.numbers)
