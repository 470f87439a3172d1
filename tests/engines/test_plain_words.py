"""Programs say what their libraries' authors would, and leave out what goes without saying."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from dfbench.engines import find
from dfbench.engines.writing.program import skip_formatting
from dfbench.spec.reader import check_columns, read_text
from dfbench.spec.schema import Column, Schema

DATA = Schema(
    (
        Column("k", "int", "int64", low=1, high=50),
        Column("t", "string", "string"),
        Column("x", "int", "int64", low=1, high=100),
        Column("y", "float", "double", low=0.5, high=90.0),
        Column("z", "float", "double", nulls=True),
    ),
    rows=1000,
)
SHARE = {"group_by": "k", "aggregate": {"share": "mean(x > 5)"}}
COUNT = {"group_by": "k", "aggregate": {"n": "size()", "y": "mean(y)"}}
LEAST = {"group_by": "k", "smallest": {"column": "y", "n": 2, "as": "least"}}
LEAST_GAPS = {"group_by": "k", "smallest": {"column": "z", "n": 2, "as": "least"}}
GUARDED = {"derive": {"a": "x // 2", "b": "x % 3", "c": "x / 2"}}
POSITIVE = {"group_by": "k", "aggregate": {"n": "sum(y > 0)"}}
GAPS = {"group_by": "k", "aggregate": {"n": "sum(z > 0)", "m": "count_if(z <= 2)"}}
GAPS_SHARE = {"group_by": "k", "aggregate": {"share": "mean(z > 0)"}}
PRESENT = {"where": "y is not None", "group_by": "k", "aggregate": {"n": "size()"}}

BESIDE = {"transform": {"t": "t", "part": "y / sum(y)"}}
TWICE = {"transform": {"part": "(y - min(y)) / (max(y) - min(y))"}}
MOVING = {"group_by": "k", "transform": {"m": "lag(y)", "s": "cumsum(y)"}}
CHANGED = {"group_by": "k", "transform": {"a": "pct_change(x)", "b": "pct_change(z)"}}
ROLLED = {"group_by": "k", "transform": {"m": "rolling_mean(y, 3)"}}
DIGITS = {"derive": {"n": "integer(extract(t, '[0-9]+'))"}}
WIDE = {"pivot": {"index": "k", "columns": {"t": ["a", "b"]}, "values": "sum(x * y)"}}
MEDIAN = {"group_by": "k", "aggregate": {"m": "median(y)"}}
KEPT = {
    "where": "z is not None",
    "group_by": "k",
    "largest": {"column": "z", "n": 2, "as": "most"},
}
LONG = {"unpivot": {"on": ["x", "y"], "index": "k"}}
ALL_KEPT = {
    "steps": [
        {"group_by": ["k", "t"], "aggregate": {"y": "sum(y)"}},
        {"group_by": "k", "transform": {"t": "t", "y": "y", "part": "y / sum(y)"}},
    ]
}
ENDING = {"derive": {"e": "t[-2:]"}, "group_by": "e", "aggregate": {"n": "size()"}}
NUMBER = {"derive": {"n": "len(t)"}, "group_by": "k", "aggregate": {"n": "mean(n)"}}
AGAIN = {"derive": {"n": "len(t)"}, "group_by": "k", "aggregate": {"n": "mean(n)", "m": "max(n)"}}
PARTS = {"derive": {"p": "split(t + '.' + t, '.')[0]"}, "select": ["k", "p"]}
FILLED = {"group_by": "k", "aggregate": {"z": "mean(coalesce(z, 0))"}}
SQUARED = {"group_by": "k", "aggregate": {"r2": "corr(y, z) ** 2"}}
FEW = {"group_by": "k", "largest": {"column": "y", "n": 2, "as": "most"}}
CHOSEN = {"derive": {"p": "x * y"}, "select": ["k", "t", "p"]}
QUARTERS = {"derive": {"q": "quantile_bins(y, 4)"}, "group_by": "q", "aggregate": {"n": "size()"}}


@pytest.mark.parametrize(
    ("engine", "query", "line"),
    [
        ("polars", BESIDE, "data.lazy().select('t', part=pl.col('y') / pl.sum('y')).collect()"),
        ("pandas", BESIDE, "return data[['t']].assign(part=data['y'] / data['y'].sum())"),
        ("datatable", BESIDE, "data[:, {'t': f.t, 'part': f.y / dt.sum(f.y)}]"),
        ("polars", CHANGED, "a=pl.col('x').pct_change().over('k')"),
        ("polars", CHANGED, "b=(pl.col('z') / pl.col('z').shift() - 1).over('k')"),
        ("pandas", DIGITS, "pd.to_numeric(data['t'].str.extract('([0-9]+)', expand=False), errors"),
        ("polars", {"derive": {"class": "x > 5"}}, "(pl.col('x') > 5).alias('class')"),
        ("pandas", TWICE, "min_y = data['y'].min()"),
        ("dask", SHARE, "data.assign(share=data['x'] > 5)"),
        ("datatable", SHARE, "'share': dt.mean(f.x > 5)"),
        ("duckdb", MOVING, "lag(y) OVER w AS m, sum(y) OVER w AS s"),
        ("duckdb", MOVING, "WINDOW w AS (PARTITION BY k ORDER BY rowid)"),
        ("polars", SHARE, "agg(share=(pl.col('x') > 5).mean())"),
        ("polars", COUNT, "agg(n=pl.len(), y=pl.mean('y'))"),
        ("polars", GUARDED, "a=pl.col('x') // 2, b=pl.col('x') % 3, c=pl.col('x') / 2"),
        ("polars", POSITIVE, "n=(pl.col('y') > 0).sum()"),
        ("pandas", GAPS, "data.assign(n=data['z'] > 0, m=data['z'] <= 2)"),
        ("modin", GAPS, "data.assign(n=data['z'] > 0, m=data['z'] <= 2)"),
        ("pandas", GAPS_SHARE, "(data['z'] > 0).astype('boolean').mask(data['z'].isna())"),
        ("polars", PRESENT, "data.lazy().group_by('k').agg(n=pl.len())"),
        ("pandas", LEAST, "data.sort_values('y').groupby('k', sort=False).head(2)"),
        ("pandas", LEAST_GAPS, "data.dropna(subset=['z']).sort_values('z').groupby('k', sort="),
        ("pandas", GUARDED, "return data.assign(a=data['x'] // 2, b=data['x'] % 3, c="),
        ("dask", LEAST, "part.sort_values('y').groupby('k', sort=False).head(2)"),
        ("duckdb", {"distinct": ["k", "t"]}, "SELECT DISTINCT k, t"),
        ("duckdb", GUARDED, "x // 2 AS a"),
        ("duckdb", GUARDED, "x % 3 AS b"),
        ("datatable", {"where": "k == 1 or x in [2, 3]", **COUNT}, "(f.x == 2) | (f.x == 3)"),
        ("pyspark", COUNT, "F.mean('y').alias('y')"),
        ("pandas", WIDE, "data.assign(value=data['x'] * data['y'])"),
        ("polars", WIDE, "data.lazy().with_columns(value=pl.col('x') * pl.col('y')).pivot('t'"),
        ("polars", MEDIAN, "agg(m=pl.median('y')).collect(engine=\"in-memory\")"),
        ("polars/scan", MEDIAN, "agg(m=pl.median('y')).collect()"),
        ("polars/streaming", MEDIAN, "agg(m=pl.median('y')).collect(engine=\"streaming\")"),
        ("dask", COUNT | {"aggregate": {"x": "sum(x)", "y": "sum(y)"}}, "[['x', 'y']].sum()"),
        ("polars", PARTS, "select('k', p=(pl.col('t') + '.' + pl.col('t')).str.split('.')"),
        ("polars", TWICE, "min_y = pl.min('y')\n    return"),
        ("polars", LONG, "unpivot(['x', 'y'], index='k')"),
        ("pandas", LONG, "data.melt(id_vars='k', value_vars=['x', 'y'])"),
        ("polars", ALL_KEPT, "with_columns(part=pl.col('y') / pl.col('y').sum().over('k'))"),
        ("pandas", ALL_KEPT, "return step_1.assign(part="),
        ("pandas", QUARTERS, "quantile_y_3 = data['y'].quantile([0.25, 0.5, 0.75])"),
        ("pandas", KEPT, "return data.dropna(subset=['z']).sort_values('z', ascending=False).gro"),
        ("pandas", ENDING, "return data.assign(e=data['t'].str[-2:]).groupby('e', sort=False)"),
        ("pandas", ROLLED, "m=data.groupby('k')['y'].rolling(3).mean().reset_index(0, drop=True))"),
        ("pandas", FILLED, "data.assign(z=data['z'].fillna(0)).groupby('k', as_index=False, sort="),
        ("pandas+numba", SQUARED, "'r2': corr(group, data['y'].to_numpy(), data['z'].to_numpy(), "),
        ("pandas", FEW, "sort=False).head(2).rename(columns={'y': 'most'})"),
        ("pandas", CHOSEN, "return data[['k', 't']].assign(p=data['x'] * data['y'])"),
        ("duckdb", ENDING, "SELECT t[-2:] AS e, count(*) AS n\n        FROM data\n"),
        ("duckdb", NUMBER, "SELECT k, avg(length(t)) AS n\n        FROM data"),
        ("duckdb", AGAIN, "SELECT *, length(t) AS n"),
        ("duckdb", PARTS, "SELECT k, string_split(t || '.' || t, '.')[1] AS p"),
        ("duckdb", TWICE, "SELECT min(y) AS min_y, max(y) AS max_y"),
        ("duckdb", QUARTERS, "WHEN y <= quantiles_y[2] THEN 1"),
        ("duckdb", QUARTERS, "SELECT quantile_cont(y, [0.25, 0.5, 0.75]) AS quantiles_y"),
        ("modin", PRESENT, "data.groupby('k', sort=False).size().reset_index(name='n')"),
    ],
)
def test_a_program_has_the_line_that_its_author_would_write(
    engine: str, query: dict[str, object], line: str
) -> None:
    text = {"dataset": {"files": "x.parquet"}, "queries": {"q1": query}}
    (read,) = check_columns(read_text(json.dumps(text), "words.yaml", Path()), DATA).queries
    with skip_formatting():
        program = find(engine).write(read, DATA).text
    assert line in program
