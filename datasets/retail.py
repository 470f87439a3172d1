"""Sales of a chain of stores, as notebooks have them: times, texts, codes, numbers and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import DataError
from ..spec.generated_data import GENERATORS, Drawn, compute_share, count_distinct
from ..spec.workload import Generated
from .compact_frame import (
    CompactColumn,
    CompactFrame,
    Encoding,
    Labels,
    Millionths,
    PaddedLabels,
    Progress,
    allocate,
    find_narrowest_type,
)
from .db_benchmark import NO_MEASURE, NO_NUMBER, encode_numbers
from .r_random import RStream
from .row_order import sort_rows

NAME = "retail"
REGIONS = ("north", "east", "south", "west")
KINDS = ("Black", "Green", "White", "Fresh", "Dried")
GOODS = ("tea", "coffee", "rice", "bread", "soap")
SIZES = ("100 g", "250 g", "500 g", "1 kg")
PAYMENTS = ("card", "cash", "invoice", "voucher")


def draw(dataset: Generated, folder: Path, progress: Progress) -> Iterator[CompactFrame]:
    """Draw the columns in their order, the gaps of those that have some, then sort by time.

    Raises DataError where there are fewer rows than groups.
    """
    if dataset.rows < dataset.groups:
        raise DataError(
            f"retail needs at least as many rows as groups, not {dataset.rows} rows and"
            f" {dataset.groups} groups; raise `rows` or lower `groups`"
        )
    stream, drawn = RStream(dataset.seed), GENERATORS[NAME]
    columns = []
    for done, column in enumerate(drawn):
        progress(done / len(drawn))
        columns.append(_draw_column(stream, column, dataset, folder))
    order = sort_rows([columns[0].numbers]) if dataset.sorted else None
    progress(1.0)
    yield CompactFrame(tuple(columns), order)


def _draw_column(stream: RStream, drawn: Drawn, dataset: Generated, folder: Path) -> CompactColumn:
    meaning = _find_encoding(drawn, dataset)
    if isinstance(meaning, Millionths):
        numbers, null = allocate(dataset.rows, np.int32, folder), NO_MEASURE
        stream.draw_millionths_into(numbers)
    else:
        values = count_distinct(drawn, dataset)
        numbers, null = allocate(dataset.rows, find_narrowest_type(values), folder), NO_NUMBER
        stream.sample_into(numbers, values)
    if drawn.complete or not dataset.nulls:
        return CompactColumn(drawn.name, numbers, meaning)
    numbers[stream.draw_distinct(numbers.size, compute_share(numbers.size, dataset.nulls))] = null
    return CompactColumn(drawn.name, numbers, meaning, null)


def _find_encoding(drawn: Drawn, dataset: Generated) -> Encoding:
    match drawn.name:
        case "store":
            stores = range(1, dataset.groups + 1)
            return Labels(tuple(f"{REGIONS[n % len(REGIONS)]}-{n:03d}" for n in stores))
        case "product":
            return Labels(tuple(f"{k} {g}, {s}" for g in GOODS for k in KINDS for s in SIZES))
        case "payment":
            return Labels(PAYMENTS)
        case "code":
            return PaddedLabels(count_distinct(drawn, dataset), "", 8)
    return encode_numbers(drawn, dataset)
