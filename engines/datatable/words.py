"""The words of datatable."""

from __future__ import annotations

from ...spec.vocabulary import ROLLING

FUNCTIONS = {
    "abs": "dt.math.abs(x)",
    "sqrt": "dt.math.sqrt(x)",
    "log": "dt.math.log(x)",
    "log10": "dt.math.log10(x)",
    "exp": "dt.math.exp(x)",
    "log2": "dt.math.log2(x)",
    "log1p": "dt.math.log1p(x)",
    "expm1": "dt.math.expm1(x)",
    "sin": "dt.math.sin(x)",
    "cos": "dt.math.cos(x)",
    "tan": "dt.math.tan(x)",
    "asin": "dt.math.arcsin(x)",
    "acos": "dt.math.arccos(x)",
    "atan": "dt.math.arctan(x)",
    "atan2": "dt.math.atan2(x, y)",
    "sinh": "dt.math.sinh(x)",
    "cosh": "dt.math.cosh(x)",
    "tanh": "dt.math.tanh(x)",
    "radians": "dt.math.deg2rad(x)",
    "degrees": "dt.math.rad2deg(x)",
    "hypot": "dt.math.hypot(x, y)",
    "sign": "dt.math.sign(x)",
    "clip": "ifelse(x < y, y, x > z, z, x)",
    "coalesce": "ifelse(x == None, y, x)",
    "map": "ifelse(*p)",
    "floor": "dt.math.floor(x)",
    "ceil": "dt.math.ceil(x)",
    "len": "dt.str.len(x)",
    "year": "dt.time.year(x)",
    "month": "dt.time.month(x)",
    "day": "dt.time.day(x)",
    "round": "dt.math.rint(x)",
    "contains": "dt.re.match(x, p)",
    "starts_with": "dt.re.match(x, p)",
    "ends_with": "dt.re.match(x, p)",
    "matches": "dt.re.match(x, p)",
    "is_numeric": "dt.re.match(x, '[0-9]+')",
    "slice": "x[y:z]",
    "concat": "x + y",
    "text": "dt.as_type(x, dt.str32)",
    "integer": "dt.as_type(x, dt.int64)",
    "number": "dt.as_type(x, dt.float64)",
    "hour": "dt.time.hour(x)",
    "minute": "dt.time.minute(x)",
    "second": "dt.time.second(x)",
    "weekday": "dt.time.day_of_week(x) - 1",
    "quarter": "(dt.time.month(x) + 2) // 3",
    "date": "dt.as_type(x, dt.Type.date32)",
    "truncate": "dt.time.ymdt(*p)",
    "days": "(dt.as_type(x, dt.int64) - dt.as_type(y, dt.int64)) // n",
    "hours": "(dt.as_type(x, dt.int64) - dt.as_type(y, dt.int64)) // n",
    "minutes": "(dt.as_type(x, dt.int64) - dt.as_type(y, dt.int64)) // n",
    "seconds": "(dt.as_type(x, dt.int64) - dt.as_type(y, dt.int64)) // n",
    "offset": "dt.as_type(dt.as_type(x, dt.int64) + n, t)",
    "min": "dt.rowmin(*x)",
    "max": "dt.rowmax(*x)",
}
# Words for the kind of a value: beyond 64 bits, a cast wraps, and 19 digits change their sign.
VARIANTS = {
    "integer_float": "dt.ifelse(dt.math.abs(x) < 2**63, dt.as_type(x, dt.int64), None)",
    "integer_string": (
        "dt.ifelse(dt.re.match(x, '[+-]?0*[0-9]{1,19}') & ((dt.as_type(x, dt.int64) < 0)"
        " == dt.re.match(x, '-0*[1-9].*')), dt.as_type(x, dt.int64), None)"
    ),
}
UNREAD_NUMBERS = (
    "datatable reads no number with spaces around it or of more than 18 digits; use another engine"
)
# What `dt.re.match` looks for.
PATTERNS = {
    "contains": ".*{}.*",
    "starts_with": "{}.*",
    "ends_with": ".*{}",
    "matches": ".*{}.*",
}

AGGREGATIONS = {
    "sum": "dt.sum(x)",
    "mean": "dt.mean(x)",
    "min": "dt.min(x)",
    "max": "dt.max(x)",
    "count": "dt.count(x)",
    "n_unique": "dt.nunique(x)",
    "std": "dt.sd(x)",
    "var": "dt.sd(x) ** 2",
    "prod": "dt.prod(x)",
    "median": "dt.median(x)",
    "first": "dt.first(x)",
    "last": "dt.last(x)",
    "any_value": "dt.first(x)",
    "corr": "dt.corr(x, y)",
    "size": "dt.count()",
    # Of the rows where a condition holds, or does not.
    "any": "s > 0",
    "all": "s == 0",
}
WINDOWS = {
    "row_number": "dt.cumcount() + 1",
    "cumcount": "dt.cumcount()",
    "lag": "dt.shift(x, *default)",
    "lead": "dt.shift(x, -n)",
    "diff": "x - dt.shift(x, n)",
    "pct_change": "x / dt.shift(x, n) - 1",
    "cumsum": "dt.cumsum(x)",
    "cummin": "dt.cummin(x)",
    "cummax": "dt.cummax(x)",
    "ffill": "dt.fillna(x, reverse=False)",
    "bfill": "dt.fillna(x, reverse=True)",
}
UNSUPPORTED = {
    "lower": "datatable cannot change the case of text",
    "upper": "datatable cannot change the case of text",
    "strip": "datatable's functions of text are len, slice and match",
    "count_words": "datatable's functions of text are len, slice and match",
    "extract": "datatable's functions of text are len, slice and match",
    "replace": "datatable's functions of text are len, slice and match",
    "split": "datatable's functions of text are len, slice and match",
    "zfill": "datatable's functions of text are len, slice and match",
    "parse": "datatable parses dates only in files",
    "week": "datatable has no week of a date",
    "day_of_year": "datatable has no day of the year",
    "quantile": "datatable has no quantiles",
    **dict.fromkeys((*ROLLING, "ewm_mean"), "datatable has no windows that move with the rows"),
    **dict.fromkeys(
        ("rank", "dense_rank", "percent_rank"), "datatable has no function that ranks values"
    ),
}
