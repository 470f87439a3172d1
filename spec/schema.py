"""The schema of a dataset: all that an engine's adapter knows about the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["int", "float", "string", "bool", "date", "timestamp", "decimal", "null"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, Arrow type (`int32`, `double`, `string`, …) and missing values.

    No number of a column is below `low` or above `high`; None where that is not known. NaN has no
    place among numbers: it is missing.
    """

    name: str
    kind: Kind
    arrow: str
    nulls: bool = False
    nans: bool = False
    low: int | float | None = None
    high: int | float | None = None

    @property
    def missing(self) -> bool:
        """Return whether any value is missing: null and NaN are one thing to a workload."""
        return self.nulls or self.nans

    @property
    def most(self) -> int | float | None:
        """Return what no absolute value exceeds; None where it is not known."""
        return None if self.low is None or self.high is None else max(-self.low, self.high)

    @property
    def exceeds_floats(self) -> bool:
        """Return whether floats cannot represent the integers of a column with nulls exactly."""
        return self.kind == "int" and self.nulls and self.most is not None and self.most > 2**53


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a dataset, in order, and its number of rows.

    `tables` are the further ones that a query may join. A `partial` schema leaves out columns of
    the file, whose types no query can use.
    """

    columns: tuple[Column, ...]
    rows: int
    tables: tuple[tuple[str, Schema], ...] = ()
    partial: bool = False

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns' names, in order."""
        return tuple(column.name for column in self.columns)
