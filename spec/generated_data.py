"""The data that dfbench generates: its columns, their values, and where some are missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from .schema import ROW_GROUP, Column, Kind, Schema
from .workload import Generated

# How many distinct values: K, rows / K, a fixed number, or the number of rows;
# and those of a key that is drawn for rows and tables, of which each has ten of eleven.
Distinct = (
    Literal["groups", "rows over groups", "rows", "rows of small", "rows of medium", "rows of big"]
    | int
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A column; nulls are a share of a key's distinct values, and of a measure's rows.

    `complete`: it has none.
    """

    name: str
    arrow: Literal["string", "int64", "double", "timestamp[us]"]
    distinct: Distinct
    key: bool = False
    complete: bool = False


_KEYS = (
    Drawn("id1", "int64", "rows of small", key=True),
    Drawn("id2", "int64", "rows of medium", key=True),
    Drawn("id3", "int64", "rows of big", key=True),
    Drawn("id4", "string", "rows of small", key=True),
    Drawn("id5", "string", "rows of medium", key=True),
    Drawn("id6", "string", "rows of big", key=True),
)
TWO_YEARS = 2 * 365 * 24 * 60 * 60  # seconds
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
    ),
    "db-benchmark-join": (*_KEYS, Drawn("v1", "double", "rows")),
    "retail": (
        Drawn("sold_at", "timestamp[us]", TWO_YEARS, complete=True),
        Drawn("store", "string", "groups", complete=True),
        Drawn("customer", "int64", "rows over groups", complete=True),
        Drawn("code", "string", 2000, complete=True),
        Drawn("product", "string", 100, complete=True),
        Drawn("payment", "string", 4),
        Drawn("quantity", "int64", 10, complete=True),
        Drawn("price", "double", "rows", complete=True),
        Drawn("discount", "double", "rows"),
        Drawn("rating", "int64", 5),
    ),
}
# The further tables that a generator makes, for joins.
TABLES: dict[str, dict[str, tuple[Drawn, ...]]] = {
    "db-benchmark-join": {
        "small": (*_KEYS[::3], Drawn("v2", "double", "rows of small")),
        "medium": (*_KEYS[:2], *_KEYS[3:5], Drawn("v2", "double", "rows of medium")),
        "big": (*_KEYS, Drawn("v2", "double", "rows of big")),
    }
}
# So many keys the smallest table has; the script itself takes 1e7 rows or more.
FEWEST = 10
# Integers are drawn from one on, measures from 0 to 100.
LOWEST = {"int64": 1, "double": 0.0}
LARGEST_MEASURE = 100.0
KINDS: dict[str, Kind] = {
    "string": "string",
    "int64": "int",
    "double": "float",
    "timestamp[us]": "timestamp",
}


def derive_schema(dataset: Generated) -> Schema:
    """Return the columns that a generator makes; of thousands of rows, every value is drawn."""
    columns = tuple(_describe_column(drawn, dataset) for drawn in GENERATORS[dataset.generator])
    # Nulls are in the rows alone.
    full = replace(dataset, nulls=0)
    tables = tuple(
        (
            name,
            Schema(
                tuple(_describe_column(drawn, full) for drawn in table),
                count_distinct(table[-1], dataset),
            ),
        )
        for name, table in TABLES.get(dataset.generator, {}).items()
    )
    groups = -(-dataset.rows // ROW_GROUP)
    return Schema(columns, dataset.rows, tables, row_groups=groups)


def compute_share(count: int, percent: int) -> int:
    """Return `as.integer(count * (percent / 100))`, with the rounding of doubles of R's script."""
    return int(count * (percent / 100))


def count_distinct(drawn: Drawn, dataset: Generated) -> int:
    """Return how many values a column has."""
    match drawn.distinct:
        case "groups":
            return dataset.groups
        case "rows over groups":
            return max(dataset.rows // dataset.groups, 1)
        case "rows" | "rows of big":
            return dataset.rows
        case "rows of small":
            return max(dataset.rows // 10**6, FEWEST)
        case "rows of medium":
            return max(dataset.rows // 10**3, FEWEST)
        case int(number):
            return number
        case _:
            assert_never(drawn.distinct)


def count_spare(values: int) -> int:
    """Return how many of a key's values are in the rows alone; as many are in the table alone."""
    return values - values * 9 // 10


def _describe_column(drawn: Drawn, dataset: Generated) -> Column:
    values = count_distinct(drawn, dataset)
    largest = values + count_spare(values) if drawn in _KEYS else values
    missing = compute_share(values if drawn.key else dataset.rows, dataset.nulls) > 0
    return Column(
        drawn.name,
        KINDS[drawn.arrow],
        drawn.arrow,
        nulls=missing and not drawn.complete,
        low=LOWEST.get(drawn.arrow),
        high={"int64": largest, "double": LARGEST_MEASURE}.get(drawn.arrow),
    )
