"""db-benchmark's data to join, bit for bit as its R script makes it: `J1_N_NA_nas_sort`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..spec.generated_data import (
    FEWEST,
    GENERATORS,
    TABLES,
    compute_share,
    count_distinct,
    count_spare,
)
from ..spec.workload import Generated
from .compact_frame import (
    CompactColumn,
    CompactFrame,
    Encoding,
    Integers,
    Labels,
    Millionths,
    NumberedLabels,
    Progress,
)
from .db_benchmark import NO_MEASURE, NO_NUMBER, nullify_values
from .r_random import RStream
from .row_order import sort_rows

NAME = "db-benchmark-join"
# Of more texts than this, the column is written without a dictionary of them.
MAX_LABELS = 1 << 20


@dataclass(frozen=True, slots=True)
class _Keys:
    """The values of one key, in random order: those of both tables, of the rows' alone, of theirs.

    `below` is larger than any.
    """

    common: NDArray[Any]
    left: NDArray[Any]
    right: NDArray[Any]

    @property
    def below(self) -> int:
        return 1 + sum(part.size for part in (self.common, self.left, self.right))


def draw(dataset: Generated, folder: Path, progress: Progress) -> Iterator[CompactFrame]:  # noqa: ARG001
    """Draw the rows of x, then those of small, medium and big, in the script's order.

    The script takes 1e7 rows or more; with fewer, the small tables keep ten keys. Nulls are in x.
    Raises DataError where there are fewer rows than keys of the smallest table.
    """
    if dataset.rows < FEWEST:
        raise DataError(f"a join needs at least {FEWEST} rows, not {dataset.rows}")
    stream = RStream(dataset.seed)
    keys = {
        drawn.name: _draw_keys(stream, count_distinct(drawn, dataset))
        for drawn in GENERATORS[NAME]
        if drawn.key and drawn.arrow == "int64"
    }
    columns = {
        name: _draw_rows(stream, (key.common, key.left), dataset.rows) for name, key in keys.items()
    }
    progress(0.5)
    columns = _sort(columns, list(columns)) if dataset.sorted else columns
    measure = _draw_measure(stream, dataset.rows)
    if dataset.nulls:
        _nullify(stream, columns, keys, measure, dataset.nulls)
    yield _build_frame(
        columns, keys, CompactColumn("v1", measure, Millionths(), NO_MEASURE), NO_NUMBER
    )
    for number, table in enumerate(TABLES[NAME].values(), 1):
        progress(0.5 + number / 6)
        names, rows = [d.name for d in table if d.name in keys], count_distinct(table[-1], dataset)
        columns = {
            name: _draw_rows(stream, (keys[name].common, keys[name].right), rows) for name in names
        }
        columns = _sort(columns, names[-1:]) if dataset.sorted else columns
        yield _build_frame(
            columns, keys, CompactColumn("v2", _draw_measure(stream, rows), Millionths())
        )


def _draw_keys(stream: RStream, size: int) -> _Keys:
    alone = count_spare(size)
    common = size - alone
    values = stream.draw_distinct(size + alone, size + alone) + 1
    return _Keys(values[:common], values[common:size], values[size:])


def _draw_rows(stream: RStream, parts: tuple[NDArray[Any], ...], rows: int) -> NDArray[Any]:
    """Draw rows of these values, each of them once at least."""
    values = np.concatenate(parts)
    more = np.empty(rows - values.size, dtype=np.int64)
    if more.size:
        stream.sample_into(more, values.size)
    narrow = np.min_scalar_type(int(values.max()))
    drawn = np.concatenate([values, values[more - 1]]).astype(narrow)
    return drawn[stream.draw_distinct(rows, rows)]


def _draw_measure(stream: RStream, rows: int) -> NDArray[np.int32]:
    numbers = np.empty(rows, dtype=np.int32)
    stream.draw_millionths_into(numbers)
    return numbers


def _sort(columns: dict[str, NDArray[Any]], by: Sequence[str]) -> dict[str, NDArray[Any]]:
    order = sort_rows([columns[name] for name in by])
    return {name: numbers[order] for name, numbers in columns.items()}


def _nullify(
    stream: RStream,
    columns: dict[str, NDArray[Any]],
    keys: dict[str, _Keys],
    measure: NDArray[Any],
    percent: int,
) -> None:
    for name, numbers in columns.items():
        nullify_values(stream, numbers, keys[name].below, percent)
    measure[stream.draw_distinct(measure.size, compute_share(measure.size, percent))] = NO_MEASURE


def _build_frame(
    columns: dict[str, NDArray[Any]],
    keys: dict[str, _Keys],
    measure: CompactColumn,
    null: int | None = None,
) -> CompactFrame:
    """Put the keys as numbers, as texts and the measure beside each other: id4 spells id1."""
    numbers = [
        CompactColumn(name, column, Integers(keys[name].below), null)
        for name, column in columns.items()
    ]
    texts = [
        CompactColumn(f"id{int(name[2:]) + 3}", column, _find_encoding(keys[name].below), null)
        for name, column in columns.items()
    ]
    return CompactFrame((*numbers, *texts, measure))


def _find_encoding(below: int) -> Encoding:
    if below > MAX_LABELS:
        return NumberedLabels(below, "id")
    return Labels(tuple(f"id{number}" for number in range(1, below)))
