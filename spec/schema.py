"""What a dataset's columns are: all that an engine's adapter may know of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["int", "float", "string", "bool", "date", "timestamp", "decimal", "null"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, Arrow type (`int32`, `double`, `string`, …) and missing values."""

    name: str
    kind: Kind
    arrow: str
    nulls: bool = False
    nans: bool = False

    @property
    def missing(self) -> bool:
        """Tell whether any value is missing: null and NaN are one thing to a workload."""
        return self.nulls or self.nans


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a dataset, in order, and its number of rows."""

    columns: tuple[Column, ...]
    rows: int

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Give the columns' names, in order."""
        return tuple(column.name for column in self.columns)
