"""The words of the expression language, as tables: functions and aggregations."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from .schema import Kind
from .synonyms import explain_name, find_meant

Takes = Literal[
    "number", "text", "date", "timestamp", "condition", "ordered", "anything", "plain", "castable"
]
# A constant behind the values of a call; `spec/settings.py` says what each may be.
Setting = Literal[
    "text",
    "piece",
    "separator",
    "pattern",
    "group",
    "place",
    "end",
    "width",
    "places",
    "unit",
    "share",
    "steps",
    "bound",
    "count",
    "span",
    "format",
    "time_format",
    "method",
    "descending",
    "window",
    "at_least",
    "smoothing",
]


@dataclass(frozen=True, slots=True)
class Function:
    """What a function takes, and the kind of what it returns.

    It takes `least` to `most` values (None: any number) of the sort `takes`, and then the constants
    `settings`, of which the last `optional` may be left out. `gives` is a kind, "same" for that
    of its value, or "common" for what holds all of them. `undefined`: it may be missing where its
    values are not; `unbounded`: it may be infinite where they are not. `ordered`: it depends on the
    order of the rows.
    """

    least: int
    most: int | None
    takes: Takes
    gives: Kind | Literal["same", "common"]
    about: str
    settings: tuple[Setting, ...] = ()
    optional: int = 0
    undefined: bool = False
    unbounded: bool = False
    ordered: bool = False
    example: str = ""

    def count_values(self, arguments: int) -> int:
        """Return how many of a call's arguments are values, and no settings."""
        return arguments if self.most is None else min(arguments, self.most)


ROW_FUNCTIONS = {
    "abs": Function(1, 1, "number", "same", "absolute value"),
    "sqrt": Function(1, 1, "number", "float", "square root; missing below zero", undefined=True),
    "log": Function(
        1,
        1,
        "number",
        "float",
        "natural logarithm; missing below zero",
        undefined=True,
        unbounded=True,
    ),
    "log10": Function(
        1,
        1,
        "number",
        "float",
        "base-10 logarithm; missing below zero",
        undefined=True,
        unbounded=True,
    ),
    "exp": Function(1, 1, "number", "float", "e to the power of", unbounded=True),
    "log2": Function(
        1,
        1,
        "number",
        "float",
        "base-2 logarithm; missing below zero",
        undefined=True,
        unbounded=True,
    ),
    "log1p": Function(
        1,
        1,
        "number",
        "float",
        "natural logarithm of 1 + x; missing below -1",
        undefined=True,
        unbounded=True,
    ),
    "expm1": Function(1, 1, "number", "float", "e to the power of x, minus 1", unbounded=True),
    "sin": Function(1, 1, "number", "float", "sine of an angle in radians", undefined=True),
    "cos": Function(1, 1, "number", "float", "cosine of an angle in radians", undefined=True),
    "tan": Function(1, 1, "number", "float", "tangent of an angle in radians", undefined=True),
    "asin": Function(
        1, 1, "number", "float", "angle whose sine is x; missing beyond -1 and 1", undefined=True
    ),
    "acos": Function(
        1, 1, "number", "float", "angle whose cosine is x; missing beyond -1 and 1", undefined=True
    ),
    "atan": Function(1, 1, "number", "float", "angle whose tangent is x"),
    "atan2": Function(
        2, 2, "number", "float", "angle of the point (x, y), in radians; y is the first argument"
    ),
    "sinh": Function(1, 1, "number", "float", "hyperbolic sine", unbounded=True),
    "cosh": Function(1, 1, "number", "float", "hyperbolic cosine", unbounded=True),
    "tanh": Function(1, 1, "number", "float", "hyperbolic tangent"),
    "radians": Function(1, 1, "number", "float", "degrees as radians"),
    "degrees": Function(1, 1, "number", "float", "radians as degrees"),
    "hypot": Function(2, 2, "number", "float", "length of the vector x, y"),
    "sign": Function(1, 1, "number", "same", "-1, 0 or 1"),
    "clip": Function(
        1,
        1,
        "number",
        "same",
        "limited to a lower and an upper bound",
        ("bound", "bound"),
        example="clip(x, 0, 1)",
    ),
    "coalesce": Function(
        2, None, "anything", "common", "the first of several values that is not missing"
    ),
    "map": Function(
        2,
        None,
        "anything",
        "common",
        "the entry of a table for a value, else a default or missing",
        example="map(x, {1: 'a', 2: 'b'}, 'c')",
    ),
    "bins": Function(
        1,
        1,
        "number",
        "string",
        "the interval between edges that holds a value, as a text such as (0, 10];"
        " bins(x, 4): the number of the bin, from 0, of 4 of equal width",
        example="bins(x, [0, 10, 20])",
    ),
    "quantile_bins": Function(
        1,
        1,
        "number",
        "int",
        "the number of the bin, from 0, of n with equally many values",
        example="quantile_bins(x, 4)",
    ),
    "floor": Function(1, 1, "number", "same", "rounded down to a whole number"),
    "ceil": Function(1, 1, "number", "same", "rounded up to a whole number"),
    "round": Function(
        1,
        1,
        "number",
        "same",
        "rounded to a number of decimal places, halves to even",
        ("places",),
        1,
    ),
    "min": Function(2, None, "ordered", "common", "smallest of several values of a row"),
    "max": Function(2, None, "ordered", "common", "largest of several values of a row"),
    "lower": Function(1, 1, "text", "string", "in lower case"),
    "upper": Function(1, 1, "text", "string", "in upper case"),
    "strip": Function(1, 1, "text", "string", "without the white space at both ends"),
    "len": Function(1, 1, "text", "int", "number of characters"),
    "count_words": Function(1, 1, "text", "int", "number of words, between white space"),
    "contains": Function(1, 1, "text", "bool", "whether a text contains another", ("text",)),
    "starts_with": Function(1, 1, "text", "bool", "whether a text begins with another", ("text",)),
    "ends_with": Function(1, 1, "text", "bool", "whether a text ends with another", ("text",)),
    "is_numeric": Function(
        1, 1, "text", "bool", "whether a text consists of the digits 0 to 9 only"
    ),
    "matches": Function(
        1, 1, "text", "bool", "whether a regular expression is found", ("pattern",)
    ),
    "extract": Function(
        1,
        1,
        "text",
        "string",
        "a group of a regular expression's first match; missing without a match",
        ("pattern", "group"),
        1,
        undefined=True,
    ),
    "replace": Function(
        1,
        1,
        "text",
        "string",
        "with each occurrence of a text replaced by another",
        ("piece", "text"),
        example="replace(x, 'a', 'b')",
    ),
    "split": Function(
        1,
        1,
        "text",
        "string",
        "one of the parts between separators, or white space; missing beyond the last",
        ("separator", "place"),
        undefined=True,
        example="split(x, ',')[0]",
    ),
    "slice": Function(
        1,
        1,
        "text",
        "string",
        "the characters from one position up to another, as Python counts",
        ("place", "end"),
        example="x[0:3]",
    ),
    "zfill": Function(
        1, 1, "text", "string", "padded with zeros to a width, after a sign", ("width",)
    ),
    "concat": Function(2, None, "text", "string", "texts joined into one, as with +"),
    "text": Function(1, 1, "plain", "string", "an integer, a day or a text as text"),
    "integer": Function(
        1,
        1,
        "castable",
        "int",
        "a number without its fraction, or a text of digits as a number; missing otherwise",
        undefined=True,
    ),
    "number": Function(
        1,
        1,
        "castable",
        "float",
        "a number as a float, or the number that a text is; missing otherwise",
        undefined=True,
    ),
    "year": Function(1, 1, "date", "int", "year of a date"),
    "month": Function(1, 1, "date", "int", "month of a date, 1 to 12"),
    "day": Function(1, 1, "date", "int", "day of the month, 1 to 31"),
    "hour": Function(1, 1, "timestamp", "int", "hour of a time, 0 to 23"),
    "minute": Function(1, 1, "timestamp", "int", "minute of a time, 0 to 59"),
    "second": Function(1, 1, "timestamp", "int", "whole second of a time, 0 to 59"),
    "weekday": Function(1, 1, "date", "int", "day of the week, from 0 for Monday to 6"),
    "day_of_year": Function(1, 1, "date", "int", "day of the year, 1 to 366"),
    "week": Function(1, 1, "date", "int", "week of the year as ISO 8601 counts, 1 to 53"),
    "quarter": Function(1, 1, "date", "int", "quarter of the year, 1 to 4"),
    "date": Function(1, 1, "date", "date", "the day of a time"),
    "truncate": Function(
        1,
        1,
        "date",
        "same",
        "the start of its year, quarter, month, week, day, hour, 15min, 10s and so on",
        ("unit",),
    ),
    "days": Function(2, 2, "date", "int", "whole days between two times", example="days(x - y)"),
    "hours": Function(
        2, 2, "timestamp", "int", "whole hours between two times", example="hours(x - y)"
    ),
    "minutes": Function(
        2, 2, "timestamp", "int", "whole minutes between two times", example="minutes(x - y)"
    ),
    "seconds": Function(
        2, 2, "timestamp", "int", "whole seconds between two times", example="seconds(x - y)"
    ),
    "offset": Function(
        1,
        1,
        "date",
        "same",
        "the time a number of days, hours, minutes or seconds later",
        ("count", "span"),
        example="x + days(3)",
    ),
    "parse": Function(
        1, 1, "text", "date", "the day or time that a text is in a format", ("format",)
    ),
    "format": Function(
        1, 1, "date", "string", "the text of a day or time in a format", ("time_format",)
    ),
}
# What answers where a value is missing, too.
FILLING = {"coalesce", "map"}
# What is written by other words, of the kinds of its values.
COMPOSED = {"arg_max", "arg_min", "mode", "skew"}
# What is read as conditions; and what follows the value in a call.
BINNING = {
    "bins": "edges, or a number of bins: bins(x, [0, 18, 65]) or bins(x, 4)",
    "quantile_bins": "a number of bins: quantile_bins(x, 4)",
}
RESOLVED = {"count_if", "format", *COMPOSED, *BINNING}
# Other names of a function.
ALIASES = {"fill": "coalesce"}
# Constants that have no sign of their own in Python: written as calls of one text.
CONSTANTS = {
    "date": "a day, such as date('2024-01-31')",
    "timestamp": "a time, such as timestamp('2024-01-31 12:30:00')",
}

AGGREGATIONS = {
    "sum": Function(1, 1, "number", "same", "sum; 0 without values"),
    "mean": Function(1, 1, "number", "float", "arithmetic mean"),
    "prod": Function(1, 1, "number", "float", "product, as a float; 1 without values"),
    "count_if": Function(1, 1, "condition", "int", "number of rows in which a condition holds"),
    "min": Function(1, 1, "ordered", "same", "smallest value"),
    "max": Function(1, 1, "ordered", "same", "largest value"),
    "count": Function(1, 1, "anything", "int", "non-missing values"),
    "size": Function(0, 0, "anything", "int", "rows"),
    "n_unique": Function(1, 1, "anything", "int", "distinct values, missing left out"),
    "std": Function(1, 1, "number", "float", "sample standard deviation"),
    "var": Function(1, 1, "number", "float", "sample variance"),
    "median": Function(1, 1, "number", "float", "exact median"),
    "quantile": Function(1, 1, "number", "float", "exact quantile q (0 to 1), linear", ("share",)),
    "first": Function(
        1,
        1,
        "anything",
        "same",
        "first non-missing value, or that of an order: first(x, order_by=y)",
    ),
    "last": Function(
        1, 1, "anything", "same", "last non-missing value, or that of an order: last(x, order_by=y)"
    ),
    "any_value": Function(1, 1, "anything", "same", "any non-missing value of the group"),
    "arg_max": Function(
        2,
        2,
        "ordered",
        "same",
        "the x of the row with the largest y; of equal ones, the smallest x",
    ),
    "arg_min": Function(
        2,
        2,
        "ordered",
        "same",
        "the x of the row with the smallest y; of equal ones, the smallest x",
    ),
    "mode": Function(
        1, 1, "ordered", "same", "the most frequent value; of equally frequent ones, the smallest"
    ),
    "skew": Function(
        1,
        1,
        "number",
        "float",
        "sample skewness; missing for fewer than three values, or equal ones",
    ),
    "any": Function(1, 1, "condition", "bool", "whether it holds in any row"),
    "all": Function(1, 1, "condition", "bool", "whether it holds in all rows"),
    "corr": Function(
        2, 2, "number", "float", "Pearson's correlation, over the rows that have both values"
    ),
}

# A value for each row from the rows of its group, in the order of `order_by`, or of the frame: in a
# transform alone.
WINDOWS = {
    "rank": Function(
        1,
        1,
        "ordered",
        "int",
        "1 for the smallest; equal values share the lowest;"
        " method='min', 'max', 'average', 'dense' or 'first', descending=True",
        ("method", "descending"),
        2,
        example="rank(x)",
    ),
    "dense_rank": Function(
        1,
        1,
        "ordered",
        "int",
        "the place among the distinct values, from 1",
        ("descending",),
        1,
        example="dense_rank(x)",
    ),
    "percent_rank": Function(
        1,
        1,
        "ordered",
        "float",
        "the share of the other values that are smaller, 0 to 1",
        ("descending",),
        1,
        example="percent_rank(x)",
    ),
    "row_number": Function(0, 0, "anything", "int", "the row's number, from 1", ordered=True),
    "cumcount": Function(0, 0, "anything", "int", "the rows before this one", ordered=True),
    "lag": Function(
        1,
        1,
        "anything",
        "same",
        "the value n rows earlier in the group; n is 1 by default",
        ("steps",),
        1,
        ordered=True,
    ),
    "lead": Function(
        1,
        1,
        "anything",
        "same",
        "the value n rows later in the group; n is 1 by default",
        ("steps",),
        1,
        ordered=True,
    ),
    "diff": Function(
        1,
        1,
        "number",
        "same",
        "the difference from the value n rows earlier; n is 1 by default",
        ("steps",),
        1,
        ordered=True,
    ),
    "pct_change": Function(
        1,
        1,
        "number",
        "float",
        "the relative change from the value n rows earlier; n is 1 by default",
        ("steps",),
        1,
        ordered=True,
    ),
    "cumsum": Function(
        1, 1, "number", "same", "the sum up to and including this row", ordered=True
    ),
    "cummin": Function(
        1, 1, "number", "same", "the smallest value up to and including this row", ordered=True
    ),
    "cummax": Function(
        1, 1, "number", "same", "the largest value up to and including this row", ordered=True
    ),
    "ffill": Function(
        1,
        1,
        "anything",
        "same",
        "the value; where it is missing, the last one before it",
        ordered=True,
    ),
    "bfill": Function(
        1,
        1,
        "anything",
        "same",
        "the value; where it is missing, the next one after it",
        ordered=True,
    ),
}
# Aggregations of the last rows up to this one.
ROLLING = {
    f"rolling_{name}": name for name in ("sum", "mean", "min", "max", "std", "median", "count")
}
WINDOWS |= {
    name: Function(
        1,
        1,
        "number",
        AGGREGATIONS[reduced].gives,
        f"{reduced} of the last n rows, or of a time such as '7d'; missing if fewer than at_least"
        " of them have a value (by default n for rows, 1 for a time)",
        ("window", "at_least"),
        1,
        example=f"{name}(x, 3, at_least=1)",
        ordered=True,
    )
    for name, reduced in ROLLING.items()
    if reduced != "count"
}
WINDOWS |= {
    "rolling_count": Function(
        1,
        1,
        "anything",
        "int",
        "non-missing values of the last n rows, or of a time such as '7d'",
        ("window",),
        ordered=True,
    ),
    "ewm_mean": Function(
        1,
        1,
        "number",
        "float",
        "exponentially weighted mean of the rows up to this one, with a span in rows",
        ("smoothing",),
        ordered=True,
    ),
}
# What gives one of the values of its argument, in the argument's type.
CHOOSING = frozenset(
    {
        *("min", "max", "first", "last", "any_value", "lag", "lead", "cummin", "cummax"),
        *("ffill", "bfill", "rolling_min", "rolling_max"),
    }
)


NAMELESS = 'col("")'


def suggest_column(name: str, known: Collection[str]) -> str:
    """Return what ends a message about an unknown column: SQL's `x desc` is none."""
    mend = explain_name(name, {*known})
    return f"; {mend}" if mend else suggest(name, known)


def suggest(word: str, known: Collection[str]) -> str:
    """Return a suggestion that ends a message: the closest known word, or all if they are few.

    A synonym leads to its word.
    """
    meant = find_meant(word)
    if meant in known:
        return f"; did you mean {meant!r}?"
    alike = [name for name in known if name.strip().lower() == word.strip().lower()]
    near = alike or difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    if 0 < len(known) <= 12:
        # A column of no name can only be asked for by this function.
        return f"; expected one of: {', '.join(name or NAMELESS for name in known)}"
    return ""
