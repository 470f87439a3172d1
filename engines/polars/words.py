"""The words of Polars."""

from __future__ import annotations

from ..writing.chain import Dialect

FUNCTIONS = {
    "abs": "x.abs()",
    "sqrt": "x.sqrt()",
    "log": "x.log()",
    "log10": "x.log10()",
    "exp": "x.exp()",
    "floor": "x.floor()",
    "ceil": "x.ceil()",
    "round": "x.round()",
    "lower": "x.str.to_lowercase()",
    "len": "x.str.len_chars()",
    "contains": "x.str.contains(y, literal=True)",
    "starts_with": "x.str.starts_with(y)",
    "year": "x.dt.year()",
    "month": "x.dt.month()",
    "day": "x.dt.day()",
    "truncate": "x.dt.truncate(y)",
    "min": "pl.min_horizontal(*x)",
    "max": "pl.max_horizontal(*x)",
}
AGGREGATIONS = {
    "sum": "x.sum()",
    "mean": "x.mean()",
    "min": "x.min()",
    "max": "x.max()",
    "count": "x.count()",
    "size": "pl.len()",
    "n_unique": "x.n_unique()",
    "std": "x.std()",
    "var": "x.var()",
    "median": "x.median()",
    "first": "x.first()",
    "last": "x.last()",
    "any": "x.any()",
    "all": "x.all()",
    "quantile": "x.quantile(y, interpolation='linear')",
    "corr": "pl.corr(x, y)",
}
WINDOWS = {
    "rank": "x.rank('min')",
    "lag": "x.shift(y)",
    "lead": "x.shift(-y)",
    "cumsum": "x.cum_sum()",
}
VARIANTS = {
    "round_2": "x.round(y)",
    "std_population": "x.std(ddof=0)",
    "var_population": "x.var(ddof=0)",
}
UNSUPPORTED: dict[str, str] = {}
POLARS = Dialect(
    column="pl.col(n)",
    constant="pl.lit(x)",
    missing="x.is_null()",
    present="x.is_not_null()",
    member="x.is_in(v)",
    without_nan="x.fill_nan(None)",
    named="x.alias(n)",
    when="pl.when(c).then(v)",
    and_when="t.when(c).then(v)",
    otherwise="t.otherwise(v)",
    wide="x.cast(pl.Int64)",
    divisor="pl.when(y != 0).then(y)",
    modulo="x % y",
    floor_divide="x // y",
    nothing="pl.lit(None, pl.Float64)",
    functions=FUNCTIONS,
    aggregations=AGGREGATIONS,
    windows=WINDOWS,
    variants=VARIANTS,
    unsupported=UNSUPPORTED,
    narrow=True,
    counts_missing=frozenset({"n_unique", "first", "last"}),
    drop_missing="x.drop_nulls()",
    units={"year": "1y", "month": "1mo", "day": "1d", "hour": "1h"},
    bare_choices=True,
    by_name=frozenset({"corr"}),
    over="x.over(*k)",
    drop_rows="t.drop_nulls(n)",
    without_otherwise=True,
    shares=False,
    sorts_stably=True,
)
