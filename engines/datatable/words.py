"""The words of datatable."""

from __future__ import annotations

FUNCTIONS = {
    "abs": "dt.math.abs(x)",
    "sqrt": "dt.math.sqrt(x)",
    "log": "dt.math.log(x)",
    "log10": "dt.math.log10(x)",
    "exp": "dt.math.exp(x)",
    "floor": "dt.math.floor(x)",
    "ceil": "dt.math.ceil(x)",
    "len": "dt.str.len(x)",
    "year": "dt.time.year(x)",
    "month": "dt.time.month(x)",
    "day": "dt.time.day(x)",
    "round": "dt.math.rint(x)",
    "contains": "dt.re.match(x, p)",
    "starts_with": "dt.re.match(x, p)",
    "truncate": "dt.time.ymdt(*p)",
    "min": "dt.rowmin(*x)",
    "max": "dt.rowmax(*x)",
}
# What `dt.re.match` looks for.
PATTERNS = {"contains": ".*{}.*", "starts_with": "{}.*"}

AGGREGATIONS = {
    "sum": "dt.sum(x)",
    "mean": "dt.mean(x)",
    "min": "dt.min(x)",
    "max": "dt.max(x)",
    "count": "dt.count(x)",
    "n_unique": "dt.nunique(x)",
    "std": "dt.sd(x)",
    "var": "dt.sd(x) ** 2",
    "median": "dt.median(x)",
    "first": "dt.first(x)",
    "last": "dt.last(x)",
    "corr": "dt.corr(x, y)",
    "size": "dt.count()",
    # Of the rows where a condition holds, or does not.
    "any": "s > 0",
    "all": "s == 0",
}
WINDOWS = {"lag": "dt.shift(x, n)", "lead": "dt.shift(x, -n)", "cumsum": "dt.cumsum(x)"}
UNSUPPORTED = {
    "lower": "datatable cannot change the case of text",
    "quantile": "datatable has no quantiles",
    "rank": "datatable gives equal values different ranks",
}
