"""The windows of a transform: their settings, and those that are arithmetic of others."""

from __future__ import annotations

from dataclasses import dataclass

from .expression import Agg, Arith, Col, Expr, Lit, list_children
from .intervals import SECONDS
from .intervals import read_span as read_time
from .vocabulary import AGGREGATIONS, ROLLING, WINDOWS


def read_settings(agg: Agg) -> dict[str, Lit]:
    """Return the settings that a window is given, by their names."""
    word = (AGGREGATIONS | WINDOWS)[agg.function]
    given = zip(word.settings, agg.arguments[word.least :], strict=False)
    return {name: setting for name, setting in given if isinstance(setting, Lit)}


def count_steps(agg: Agg) -> int:
    """Return how many rows earlier or later `lag`, `lead`, `diff` and `pct_change` look."""
    steps = read_settings(agg).get("steps", Lit(1)).value
    assert isinstance(steps, int)
    return steps


def rank_method(agg: Agg) -> str:
    """Return how a rank counts equal values: min, max, average, dense or first."""
    if agg.function == "dense_rank":
        return "dense"
    return str(read_settings(agg).get("method", Lit("min")).value)


def is_descending(agg: Agg) -> bool:
    """Return whether the largest value of a rank comes first."""
    return read_settings(agg).get("descending") == Lit(True)


def expand_change(agg: Agg) -> Expr:
    """Return `diff` and `pct_change` as arithmetic with the earlier value."""
    value = agg.arguments[0]
    earlier = Agg("lag", (value, Lit(count_steps(agg))))
    if agg.function == "diff":
        return Arith("-", value, earlier)
    return Arith("-", Arith("/", value, earlier), Lit(1))


@dataclass(frozen=True, slots=True)
class Rolling:
    """What a rolling window takes: an aggregation of `rows` rows, at least so many with a value.

    `span` is a time in place of a number of rows, as (7, "days").
    """

    function: str
    rows: int
    at_least: int
    span: tuple[int, str] | None = None

    @property
    def seconds(self) -> int:
        """Return the length of the time."""
        assert self.span
        count, unit = self.span
        return count * SECONDS[unit]


def read_rolling(agg: Agg) -> Rolling:
    """Return the settings of a rolling window; a count needs no value, one of a time only one."""
    given = read_settings(agg)
    window = given["window"].value
    span = read_time(window) if isinstance(window, str) else None
    rows = window if isinstance(window, int) else 1
    least = given.get("at_least", Lit(rows)).value
    assert isinstance(least, int)
    function = ROLLING[agg.function]
    return Rolling(function, rows, 0 if function == "count" else least, span)


def is_timed(agg: Agg) -> bool:
    """Return whether a window takes the rows of a time up to each row, however they are ordered."""
    return agg.function in ROLLING and read_rolling(agg).span is not None


def read_span(agg: Agg) -> int | float:
    """Return the span of an exponentially weighted mean, in rows."""
    span = read_settings(agg)["smoothing"].value
    assert isinstance(span, int | float)
    return span


def has_rows(node: Expr) -> bool:
    """Return whether an expression has a value for each row, and not one for them all."""
    match node:
        case Col():
            return True
        case Agg(function) if function not in WINDOWS:
            return False
        case Agg():
            return True
        case _:
            return any(map(has_rows, list_children(node)))
