"""The data that dfbench generates: its columns, their values, and where some are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, assert_never

from .schema import Column, Kind, Schema
from .workload import Generated

# How many distinct values: K, rows / K, so many as a number says, or as many as there are rows.
Distinct = Literal["groups", "rows over groups", "rows"] | int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A column; nulls are a share of a key's distinct values, and of a measure's rows."""

    name: str
    arrow: Literal["string", "int64", "double"]
    distinct: Distinct
    key: bool = False


GENERATORS: dict[str, tuple[Drawn, ...]] = {
    "db-benchmark-groupby": (
        Drawn("id1", "string", "groups", key=True),
        Drawn("id2", "string", "groups", key=True),
        Drawn("id3", "string", "rows over groups", key=True),
        Drawn("id4", "int64", "groups", key=True),
        Drawn("id5", "int64", "groups", key=True),
        Drawn("id6", "int64", "rows over groups", key=True),
        Drawn("v1", "int64", 5),
        Drawn("v2", "int64", 15),
        Drawn("v3", "double", "rows"),
    )
}
KINDS: dict[str, Kind] = {"string": "string", "int64": "int", "double": "float"}


def generated_schema(dataset: Generated) -> Schema:
    """Give the columns that a generator makes; of thousands of rows, every value is drawn."""
    columns = (_column(drawn, dataset) for drawn in GENERATORS[dataset.generator])
    return Schema(tuple(columns), dataset.rows)


def share(count: int, percent: int) -> int:
    """Give `as.integer(count * (percent / 100))`, with the rounding of doubles of R's script."""
    return int(count * (percent / 100))


def distinct(drawn: Drawn, dataset: Generated) -> int:
    """Give how many values a column has."""
    match drawn.distinct:
        case "groups":
            return dataset.groups
        case "rows over groups":
            return max(dataset.rows // dataset.groups, 1)
        case "rows":
            return dataset.rows
        case int(number):
            return number
        case _:
            assert_never(drawn.distinct)


def _column(drawn: Drawn, dataset: Generated) -> Column:
    values = distinct(drawn, dataset)
    return Column(
        drawn.name,
        KINDS[drawn.arrow],
        drawn.arrow,
        nulls=share(values if drawn.key else dataset.rows, dataset.nulls) > 0,
        most=values if drawn.arrow == "int64" else None,
    )
