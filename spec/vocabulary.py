"""The words of the expression language, as tables: functions and aggregations."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from .schema import Kind

Takes = Literal["number", "text", "date", "timestamp", "condition", "ordered", "anything"]


@dataclass(frozen=True, slots=True)
class Function:
    """How many arguments a function takes, of which sort, and the kind of what it gives.

    `gives` is a kind, or "same" for the common kind of its arguments; `most` None is any number.
    """

    least: int
    most: int | None
    takes: Takes
    gives: Kind | Literal["same"]
    about: str


ROW_FUNCTIONS = {
    "abs": Function(1, 1, "number", "same", "absolute value"),
    "sqrt": Function(1, 1, "number", "float", "square root; missing below zero"),
    "log": Function(1, 1, "number", "float", "natural logarithm; missing below zero"),
    "log10": Function(1, 1, "number", "float", "decimal logarithm; missing below zero"),
    "exp": Function(1, 1, "number", "float", "e to the power of"),
    "floor": Function(1, 1, "number", "same", "next whole number below"),
    "ceil": Function(1, 1, "number", "same", "next whole number above"),
    "round": Function(1, 2, "number", "same", "rounded half to even, to so many places"),
    "min": Function(2, None, "ordered", "same", "smallest of several values of a row"),
    "max": Function(2, None, "ordered", "same", "largest of several values of a row"),
    "lower": Function(1, 1, "text", "string", "in lower case"),
    "len": Function(1, 1, "text", "int", "number of characters"),
    "contains": Function(2, 2, "text", "bool", "whether a text contains another"),
    "starts_with": Function(2, 2, "text", "bool", "whether a text begins with another"),
    "year": Function(1, 1, "date", "int", "year of a date"),
    "month": Function(1, 1, "date", "int", "month of a date, 1 to 12"),
    "day": Function(1, 1, "date", "int", "day of the month, 1 to 31"),
    "truncate": Function(2, 2, "date", "same", "the start of its year, month, day or hour"),
}
# What a date or a time can be truncated to.
UNITS = ("year", "month", "day", "hour")
# Constants that have no sign of their own in Python: written as calls of one text.
CONSTANTS = {
    "date": "a day, such as date('2024-01-31')",
    "timestamp": "a time, such as timestamp('2024-01-31 12:30:00')",
}

AGGREGATIONS = {
    "sum": Function(1, 1, "number", "same", "sum; 0 without values"),
    "mean": Function(1, 1, "number", "float", "arithmetic mean"),
    "min": Function(1, 1, "ordered", "same", "smallest value"),
    "max": Function(1, 1, "ordered", "same", "largest value"),
    "count": Function(1, 1, "anything", "int", "non-missing values"),
    "size": Function(0, 0, "anything", "int", "rows"),
    "n_unique": Function(1, 1, "anything", "int", "distinct values, missing left out"),
    "std": Function(1, 1, "number", "float", "sample standard deviation"),
    "var": Function(1, 1, "number", "float", "sample variance"),
    "median": Function(1, 1, "number", "float", "exact median"),
    "quantile": Function(2, 2, "number", "float", "exact quantile q (0 to 1), linear"),
    "first": Function(1, 1, "anything", "same", "first non-missing value"),
    "last": Function(1, 1, "anything", "same", "last non-missing value"),
    "any": Function(1, 1, "condition", "bool", "whether it holds in any row"),
    "all": Function(1, 1, "condition", "bool", "whether it holds in all rows"),
    "corr": Function(2, 2, "number", "float", "Pearson's correlation, pairwise complete"),
}

# A value for each row from the rows of its group, in the order of the frame: in a transform alone.
WINDOWS = {
    "rank": Function(1, 1, "ordered", "int", "1 for the smallest; equal values share the lowest"),
    "lag": Function(1, 2, "anything", "same", "the value n rows (1) earlier in the group"),
    "lead": Function(1, 2, "anything", "same", "the value n rows (1) later in the group"),
    "cumsum": Function(1, 1, "number", "same", "the sum up to and including this row"),
}


def suggest(word: str, known: Collection[str]) -> str:
    """Return a suggestion that ends a message: the closest known word, or all if they are few."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    if 0 < len(known) <= 12:
        return f"; expected one of: {', '.join(known)}"
    return ""
