"""The words of pandas."""

from __future__ import annotations

from ...spec.vocabulary import ROLLING
from ..writing import numpy_words

FUNCTIONS = {
    **numpy_words.FUNCTIONS,
    "abs": "np.abs(x)",
    "clip": "x.clip(y, z)",
    "coalesce": "x.fillna(y)",
    "map": "x.map(d, **o)",
    "round": "np.round(x)",
    "lower": "x.str.lower()",
    "upper": "x.str.upper()",
    "strip": "x.str.strip()",
    "len": "x.str.len()",
    "count_words": "x.str.split().str.len()",
    "contains": "x.str.contains(y, regex=False)",
    "starts_with": "x.str.startswith(y)",
    "ends_with": "x.str.endswith(y)",
    "is_numeric": "x.str.fullmatch('[0-9]+')",
    "matches": "x.str.contains(y)",
    "extract": "x.str.extract(y)[z]",
    "replace": "x.str.replace(y, z, regex=False)",
    "split": "x.str.split(y, regex=False).str[z]",
    "slice": "x.str[y:z]",
    "zfill": "x.str.zfill(y)",
    "concat": "x + y",
    "text": "x.astype(s)",
    "integer": "np.trunc(x.where(lambda v: v.between(-(2**63), 2**63, inclusive='left')))",
    "number": "x.astype('float64')",
    "year": "x.dt.year",
    "month": "x.dt.month",
    "day": "x.dt.day",
    "hour": "x.dt.hour",
    "minute": "x.dt.minute",
    "second": "x.dt.second",
    "weekday": "x.dt.day_of_week",
    "day_of_year": "x.dt.day_of_year",
    "week": "x.dt.isocalendar().week.astype('int64')",
    "quarter": "x.dt.quarter",
    "date": "x.dt.normalize()",
    "truncate": "x.dt.floor(y)",
    "days": "(x - y).dt.days",
    "hours": "(x - y) // pd.Timedelta(hours=1)",
    "minutes": "(x - y) // pd.Timedelta(minutes=1)",
    "seconds": "(x - y) // pd.Timedelta(seconds=1)",
    "offset": "x + pd.Timedelta(**o)",
    "parse": "pd.to_datetime(x, format=y)",
    "min": "np.minimum(x, y)",
    "max": "np.maximum(x, y)",
}

# Words for a part of what one means, by the kind of the value or the form of a setting.
VARIANTS = {
    "extract_only": "x.str.extract(y, expand=False)",
    "split_words": "x.str.split().str[z]",
    "split_plain": "x.str.split(y).str[z]",
    "text_date": "x.dt.strftime('%Y-%m-%d')",
    "text_objects": "x.astype('Int64').astype('str').mask(x.isna(), None)",
    "text_missing": "x.astype('Int64').astype(s)",
    "integer_string": (
        "pd.to_numeric(x.where(lambda text: text.str.fullmatch('[+-]?[0-9]+')), errors='coerce')"
        ".where(lambda number: number.abs() < 2**63)"
    ),
    "integer_digits": (
        "pd.to_numeric(x, errors='coerce').where(lambda number: number.abs() < 2**63)"
    ),
    "integer_bool": "x.astype('int64')",
    "week_missing": "x.dt.isocalendar().week.astype('float64')",
    "date_zone": "x.dt.tz_localize(None).dt.normalize()",
    "integer_missing": "x.astype('float64')",
    "integer_chosen": "x.astype('boolean').astype('float64')",
    "number_string": "pd.to_numeric(x, errors='coerce')",
}
# Beside a span of nanoseconds, those of far times would become nanoseconds, which wrap.
FAR = {
    word: f"(x - y) // pd.Timedelta({word}=1).as_unit('us')"
    for word in ("hours", "minutes", "seconds")
}

# Patterns of texts that hold digits, and nothing else.
DIGITS = ("[0-9]+", "([0-9]+)")

# The methods of a group's column.
METHODS = {
    "sum": "sum",
    "mean": "mean",
    "prod": "prod",
    "min": "min",
    "max": "max",
    "count": "count",
    "size": "size",
    "n_unique": "nunique",
    "std": "std",
    "var": "var",
    "median": "median",
    "first": "first",
    "last": "last",
    "any_value": "first",
    "any": "any",
    "all": "all",
}
# Spreads of the population, as NumPy's: the divisor is an option of pandas' methods.
POPULATION = {"std_population": "std", "var_population": "var"}
# Of a whole frame `f`, with columns `x` and `y`.
AGGREGATIONS = {
    **{name: f"x.{method}()" for name, method in METHODS.items()},
    "quantile": "x.quantile(q)",
    "first": "next(iter(x.dropna()), None)",
    "last": "next(iter(x.dropna()[::-1]), None)",
    "any_value": "next(iter(x.dropna()), None)",
    "size": "len(f)",
    "corr": "x.corr(y)",
}

# A window over a column `x` of the groups, or of the whole frame; `n` rows away, `o` are options of
# a rank, `c` the number of values.
WINDOWS = {
    "rank": "x.rank(**o)",
    "dense_rank": "x.rank(**o)",
    "percent_rank": "(x.rank(**o) - 1) / (c - 1).clip(lower=1)",
    "row_number": "x.cumcount() + 1",
    "cumcount": "x.cumcount()",
    "lag": "x.shift(*default)",
    "lead": "x.shift(-n)",
    "diff": "x.diff(*default)",
    "pct_change": "x.pct_change(*default, fill_method=None)",
    "cumsum": "x.cumsum()",
    "cummin": "x.cummin()",
    "cummax": "x.cummax()",
    "ffill": "x.ffill()",
    "bfill": "x.bfill()",
    **dict.fromkeys(ROLLING, "x.rolling(w, **p)"),
    "ewm_mean": "x.ewm(span=s).mean()",
}
# Of a whole frame `f`.
WHOLE_WINDOWS = {
    **WINDOWS,
    "percent_rank": "(x.rank(**o) - 1) / max(c - 1, 1)",
    "row_number": "pd.Series(np.arange(1, len(f) + 1), index=f.index)",
    "cumcount": "pd.Series(np.arange(len(f)), index=f.index)",
}
UNSUPPORTED: dict[str, str] = {}
# Why the text `1e400` is refused.
BEYOND = "pandas misses the texts of numbers that no float holds, such as 1e400, and some are here"
# Why integers that a missing value makes floats are refused.
INEXACT = "pandas stores integers with missing values as floats, exact only up to 2**53"
