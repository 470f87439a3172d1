"""What DuckDB calls the aggregations and windows of the language, and what it lacks."""

from __future__ import annotations

from ...spec.vocabulary import ROLLING
from ..writing.sql import (
    ADD,
    MULTIPLY,
)

AGGREGATIONS = {
    "sum": "sum",
    "mean": "avg",
    "min": "min",
    "max": "max",
    "count": "count",
    "std": "stddev",
    "var": "variance",
    "prod": "product",
    "median": "median",
    "quantile": "quantile_cont",
    "corr": "corr",
    "any": "bool_or",
    "all": "bool_and",
    "size": "count(*)",
    "n_unique": "count(DISTINCT {})",
    # Threads take rows in any order: the row's number finds the first and the last value.
    "first": "arg_min({}, rowid)",
    "last": "arg_max({}, rowid)",
    "any_value": "any_value",
}


# Of a value `x`, or of one `n` rows away, over rows that `r` puts in the order of the value, `w`
# in that of the query.
WINDOWS = {
    "rank": "rank() OVER {r}",
    "dense_rank": "dense_rank() OVER {r}",
    "percent_rank": "(rank() OVER {r} - 1) / greatest(count({x}) OVER {p} - 1, 1)",
    "row_number": "row_number() OVER {w}",
    "cumcount": "row_number() OVER {w} - 1",
    "lag": "lag({x}{n}) OVER {w}",
    "lead": "lead({x}{n}) OVER {w}",
    "diff": "{x} - lag({x}{n}) OVER {w}",
    "pct_change": "{x} / lag({x}{n}) OVER {w} - 1",
    "cumsum": "sum({x}) OVER {w}",
    "cummin": "min({x}) OVER {w}",
    "cummax": "max({x}) OVER {w}",
    "ffill": "last_value({x} IGNORE NULLS) OVER {w}",
    "bfill": "first_value({x} IGNORE NULLS) OVER {following}",
    **{name: f"{AGGREGATIONS[reduced]}({{x}}) OVER {{rows}}" for name, reduced in ROLLING.items()},
}


# Ranks by how equal values are counted, and words for a part of what one means.
RANKS = {
    "min": WINDOWS["rank"],
    "max": "count({x}) OVER {r}",
    "average": "(rank() OVER {r} + count({x}) OVER {r}) / 2",
    "dense": WINDOWS["dense_rank"],
    "first": "row_number() OVER {f}",
}


# Of the values of a column without gaps.
COMPLETE = {"percent_rank": "percent_rank() OVER {r}"}


# Missing where their value is.
BESIDE_GAPS = {"rank", "dense_rank", "percent_rank", "cumsum", "cummin", "cummax"}


LOOSE = {"cumcount": ADD, "percent_rank": MULTIPLY, "rank": MULTIPLY}


# The first and the last value of a group in an order of the query's own.
ORDERED_ENDS = {
    "first": "first_value({x} IGNORE NULLS) OVER {whole}",
    "last": "last_value({x} IGNORE NULLS) OVER {whole}",
}


UNSUPPORTED = {"ewm_mean": "DuckDB has no exponentially weighted mean"}


POPULATION = {"std_population": "stddev_pop", "var_population": "var_pop"}


# What a formula about means is called.
MOMENTS = {
    "covar": "covar_samp",
    "covar_population": "covar_pop",
    "slope": "regr_slope",
    "intercept": "regr_intercept",
}


# What SQL calls NULL over no values at all, and the language does not.
OF_NOTHING = {"sum": "0", "prod": "1.0", "any": "FALSE", "all": "TRUE"}
