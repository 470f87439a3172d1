"""The schema of a dataset: all that an engine's adapter knows about the data."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from .expression import Value

ROW_GROUP = 1 << 20  # rows, in the files that dfbench writes

Kind = Literal["int", "float", "string", "bool", "date", "timestamp", "decimal", "null"]
# Texts that engines read as different numbers: `1e400`, which no float holds, and `1_000`.
OddNumber = Literal["infinite", "underscored"]
# Quotients of numbers beyond may be zero or infinite, or lose digits.
SMALLEST_DIVIDED, LARGEST_DIVIDED = 1e-100, 1e100


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, Arrow type (`int32`, `double`, `string`, …) and missing values.

    `values` are its distinct ones in order, where they were asked for, of many only the first.
    No number of a column is below `low` or above `high`; None where that is not known. NaN has no
    place among numbers: it is missing. `exceeds_nanoseconds`: some time is before 1677 or after
    2262, which 64 bits of nanoseconds do not reach. Where they were asked for, `odd_numbers` are
    those of the texts, and `apart` tells that different floats lie further apart than rounding.
    """

    name: str
    kind: Kind
    arrow: str
    nulls: bool = False
    nans: bool = False
    low: int | float | None = None
    high: int | float | None = None
    values: tuple[Value, ...] | None = None
    exceeds_nanoseconds: bool = False
    odd_numbers: frozenset[OddNumber] | None = None
    apart: bool = False

    @property
    def missing(self) -> bool:
        """Return whether any value is missing: null and NaN are one thing to a workload."""
        return self.nulls or self.nans

    @property
    def most(self) -> int | float | None:
        """Return what no absolute value exceeds; None where it is not known."""
        return None if self.low is None or self.high is None else max(-self.low, self.high)

    @property
    def has_infinity(self) -> bool:
        """Return whether an infinity is known to be among the numbers."""
        return math.inf in {self.high, self.low and -self.low}

    @property
    def exceeds_floats(self) -> bool:
        """Return whether floats cannot represent the integers of a column with nulls exactly."""
        return self.kind == "int" and self.nulls and self.most is not None and self.most > 2**53


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a dataset, in order, and its number of rows.

    `tables` are the further ones that a query may join. `unread` are the names and Arrow types of
    the file's other columns, whose types no query can use. `ordered` tells whether the rows have an
    order. `repeated` are the keys of joins of which some values are in several rows. `computed`:
    the rows are a step's answer. `row_groups` are those of the Parquet file.
    """

    columns: tuple[Column, ...]
    rows: int
    tables: tuple[tuple[str, Schema], ...] = ()
    unread: tuple[tuple[str, str], ...] = ()
    ordered: bool = True
    repeated: frozenset[tuple[str, ...]] = frozenset()
    computed: bool = False
    row_groups: int = 1
    _found: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A file may have thousands of columns, and each aggregation asks for several.
        found = {column.name: column for column in reversed(self.columns)}
        object.__setattr__(self, "_found", found)

    def __getitem__(self, name: str) -> Column:
        return self._found[name]

    def __contains__(self, name: str) -> bool:
        return name in self._found

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns' names, in order."""
        return tuple(column.name for column in self.columns)
