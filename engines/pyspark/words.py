"""What Spark calls the words of the language, and what it lacks."""

from __future__ import annotations

import re

from ...spec.vocabulary import ROLLING, ROW_FUNCTIONS
from ..writing.dialect import Dialect

# Java's patterns of what formats of times ask for.
DAYS = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%j": "DDD"}
CLOCK = {"%H": "HH", "%M": "mm", "%S": "ss"}
NAMES = {"%B": "MMMM", "%b": "MMM", "%A": "EEEE", "%a": "EEE"}
PATTERNS = DAYS | CLOCK | NAMES
DIGITS = {*DAYS, *CLOCK}

# What reads a clock or a calendar; and the seconds of what is counted between two times.
PARTS = {n for n, row in ROW_FUNCTIONS.items() if row.takes in {"date", "timestamp"}}
SPANS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
# A step of Spark's intervals where it has no word for it.
STEPS = {"week": (7, "day"), "quarter": (3, "month")}
# What has a meaning of its own in a pattern.
SPECIAL = re.compile(r"[\\.^$|?*+()\[\]{}]")

AGGREGATIONS = {
    "sum": "F.sum(x)",
    "mean": "F.mean(x)",
    "min": "F.min(x)",
    "max": "F.max(x)",
    "count": "F.count(x)",
    "size": "F.count('*')",
    "n_unique": "F.count_distinct(x)",
    "std": "F.stddev(x)",
    "var": "F.variance(x)",
    "median": "F.median(x)",
    "any": "F.bool_or(x)",
    "all": "F.bool_and(x)",
    "quantile": "F.percentile(x, y)",
    "corr": "F.corr(x, y)",
    "first": "F.min_by(x, F.when(present, r))",
    "last": "F.max_by(x, F.when(present, r))",
    "any_value": "F.any_value(x, True)",
    "prod": "F.product(x)",
}
WINDOWS = {
    "rank": "F.rank().over(by_value)",
    "dense_rank": "F.dense_rank().over(by_value)",
    "percent_rank": (
        "(F.rank().over(by_value) - 1) / F.greatest(F.count(x).over(group) - 1, F.lit(1))"
    ),
    "row_number": "F.row_number().over(ordered)",
    "cumcount": "F.row_number().over(ordered) - 1",
    "lag": "F.lag(x, *steps).over(ordered)",
    "lead": "F.lead(x, *steps).over(ordered)",
    "diff": "x - F.lag(x, *steps).over(ordered)",
    "pct_change": (
        "F.when(F.lag(x, *steps).over(ordered) == 0, x * float('inf'))"
        ".otherwise(x / F.lag(x, *steps).over(ordered)) - 1"
    ),
    "cumsum": "F.sum(x).over(up_to)",
    "cummin": "F.min(x).over(up_to)",
    "cummax": "F.max(x).over(up_to)",
    "ffill": "F.last(x, ignorenulls=True).over(up_to)",
    "bfill": "F.first(x, ignorenulls=True).over(following)",
    **{name: f"{AGGREGATIONS[reduced]}.over(rolling)" for name, reduced in ROLLING.items()},
    # Spark's median takes no rows in order.
    "rolling_median": "F.percentile(x, 0.5).over(rolling)",
}
PYSPARK = Dialect(
    column="F.col(n)",
    constant="F.lit(x)",
    missing="x.isNull()",
    present="x.isNotNull()",
    member="x.isin(v)",
    without_nan="F.nullif(x, F.lit(float('nan')))",
    named="x.alias(n)",
    when="F.when(c, v)",
    and_when="t.when(c, v)",
    otherwise="t.otherwise(v)",
    bare_cases=True,
    wide="x.cast('long')",
    divisor="F.nullif(y, F.lit(0))",
    modulo="(x % y + y) % y",
    floor_divide="F.floor(x / y)",
    by_zero="x * float('inf')",
    functions={
        "abs": "F.abs(x)",
        "sqrt": "F.sqrt(x)",
        # Of zero, Spark's are missing.
        "log": "F.when(x == 0, F.lit(float('-inf'))).otherwise(F.ln(x))",
        "log10": "F.when(x == 0, F.lit(float('-inf'))).otherwise(F.log10(x))",
        "exp": "F.exp(x)",
        "floor": "F.floor(x)",
        "ceil": "F.ceil(x)",
        "round": "F.bround(x, 0)",
        "lower": "F.lower(x)",
        "len": "F.length(x)",
        "contains": "x.contains(y)",
        "starts_with": "x.startswith(y)",
        "log2": "F.when(x == 0, F.lit(float('-inf'))).otherwise(F.log2(x))",
        "log1p": "F.log1p(x)",
        "expm1": "F.expm1(x)",
        "sin": "F.sin(x)",
        "cos": "F.cos(x)",
        "tan": "F.tan(x)",
        "asin": "F.asin(x)",
        "acos": "F.acos(x)",
        "atan": "F.atan(x)",
        "atan2": "F.atan2(x, y)",
        "sinh": "F.sinh(x)",
        "cosh": "F.cosh(x)",
        "tanh": "F.tanh(x)",
        "radians": "F.radians(x)",
        "degrees": "F.degrees(x)",
        "hypot": "F.hypot(x, y)",
        "sign": "F.signum(x)",
        "clip": "F.when(x < y, F.lit(y)).when(x > z, F.lit(z)).otherwise(x)",
        "coalesce": "F.coalesce(*x)",
        "upper": "F.upper(x)",
        "strip": r"F.regexp_replace(x, '^[\\s\\p{Z}]+|[\\s\\p{Z}]+\\z', '')",
        "extract": "F.when(x.rlike(y), F.regexp_extract(x, y, z))",
        "ends_with": "x.endswith(y)",
        "is_numeric": r"x.rlike('^[0-9]+\\z')",
        "matches": "x.rlike(y)",
        "replace": "F.replace(x, F.lit(y), F.lit(z))",
        "count_words": r"F.regexp_count(x, F.lit('[^\\s\\p{Z}]+'))",
        "zfill": (
            "F.concat(F.regexp_extract(x, '^[+-]?', 0),"
            " F.repeat(F.lit('0'), y - F.length(x)), F.regexp_replace(x, '^[+-]', ''))"
        ),
        "concat": "F.concat(*x)",
        "text": "x.cast('string')",
        "number": "x.cast('double')",
        "hour": "F.hour(x)",
        "minute": "F.minute(x)",
        "second": "F.second(x)",
        "weekday": "F.weekday(x)",
        "day_of_year": "F.dayofyear(x)",
        "week": "F.weekofyear(x)",
        "quarter": "F.quarter(x)",
        "year": "F.year(x)",
        "month": "F.month(x)",
        "day": "F.day(x)",
        "date": "F.to_date(x)",
        # Of a time without a zone, Spark makes one of the session's.
        "truncate": "F.date_trunc(y, x).cast('timestamp_ntz')",
        "min": "F.least(*x)",
        "max": "F.greatest(*x)",
    },
    aggregations=AGGREGATIONS,
    windows=WINDOWS,
    unsupported={
        "ewm_mean": "Spark's data frames have no exponentially weighted mean",
    },
    variants={
        "format": "F.date_format(x, y)",
        "first_beside": "F.first(x, ignorenulls=True).over(whole)",
        "last_beside": "F.last(x, ignorenulls=True).over(whole)",
        "percent_rank_complete": "F.percent_rank().over(by_value)",
        "rank_max": "F.count(x).over(by_value)",
        "rank_average": "(F.rank().over(by_value) + F.count(x).over(by_value)) / 2",
        "rank_first": "F.row_number().over(by_value_and_row)",
        "n_unique_beside": "F.size(F.collect_set(x).over(group))",
        "cumsum_truth": "F.count_if(x).over(up_to)",
        "number_string": "x.try_cast('double')",
        "integer_bool": "x.cast('long')",
        "integer_float": "x.try_cast('long')",
        "integer_string": r"F.regexp_extract(x, '^[+-]?[0-9]+\\z', 0).try_cast('long')",
        "split_first": "F.split_part(x, F.lit(y), F.lit(1))",
        "split_last": "F.split_part(x, F.lit(y), F.lit(-1))",
        "split_words": r"F.regexp_extract_all(x, F.lit('[^\\s\\p{Z}]+'), F.lit(0))",
        "integer_int": "x.cast('long')",
        "round_2": "F.bround(x, y)",
        "round_tens": "F.bround(x, y)",
        "truncate_date": "F.trunc(x, y)",
        "sum_truth": "F.count_if(x)",
    },
    units={
        unit: unit
        for unit in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
    },
    modulo_float="x - F.floor(x / y) * y",
    of_nothing={
        "sum": "F.coalesce(x, F.lit(0))",
        "prod": "F.coalesce(x, F.lit(1.0))",
        "any": "F.coalesce(x, F.lit(False))",
        "all": "F.coalesce(x, F.lit(True))",
    },
    over="x.over(w)",
)
