"""The words of pandas."""

from __future__ import annotations

FUNCTIONS = {
    "abs": "np.abs(x)",
    "sqrt": "np.sqrt(x)",
    "log": "np.log(x)",
    "log10": "np.log10(x)",
    "exp": "np.exp(x)",
    "floor": "np.floor(x)",
    "ceil": "np.ceil(x)",
    "round": "np.round(x)",
    "lower": "x.str.lower()",
    "len": "x.str.len()",
    "contains": "x.str.contains(y, regex=False)",
    "starts_with": "x.str.startswith(y)",
    "year": "x.dt.year",
    "month": "x.dt.month",
    "day": "x.dt.day",
    "truncate": "x.dt.floor(y)",
    "min": "np.minimum(x, y)",
    "max": "np.maximum(x, y)",
}

# The methods of a group's column.
METHODS = {
    "sum": "sum",
    "mean": "mean",
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
    "size": "len(f)",
    "corr": "x.corr(y)",
}

# A window function over a column of the groups, or of the whole frame.
WINDOWS = {
    "rank": "x.rank(method='min')",
    "lag": "x.shift(q)",
    "lead": "x.shift(-q)",
    "cumsum": "x.cumsum()",
}
UNSUPPORTED: dict[str, str] = {}
