"""chDB's programs: what ClickHouse would understand otherwise is said in its own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from dfbench.engines import find
from dfbench.errors import Unsupported
from dfbench.spec.reader import read_text
from dfbench.spec.schema import Column, Schema

DATA = Schema(
    (
        Column("k", "string", "string", nulls=True),
        Column("x", "int", "int64"),
        Column("s", "int", "int32"),
        Column("z", "float", "double", nans=True),
        Column("m", "timestamp", "timestamp[ms]"),
        Column("o", "timestamp", "timestamp[us, tz=Europe/Berlin]"),
        Column("a\\b", "int", "int64"),
    ),
    10,
)


def written(query: str, engine: str = "chdb") -> str:
    text = f"workload: w\ndataset: {{files: d.parquet}}\nqueries: {{q: {query}}}\nengines: [chdb]\n"
    return find(engine).write(read_text(text, "w.yaml", Path()).queries[0], DATA).text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{group_by: k, aggregate: {out: median(x)}}", "quantileExactInclusive(0.5)(x)"),
        ("{group_by: k, aggregate: {out: std(x)}}", "ifNotFinite(stddevSampStable(x), NULL)"),
        ("{where: x > 1, aggregate: {out: max(x)}}", "maxOrNull(x)"),
        ("{group_by: k, aggregate: {out: -min(s)}}", "-toInt64(min(s))"),
        ("{group_by: z, aggregate: {out: sum(x)}}", "if(isNaN(z), NULL, z + 0) AS z"),
        ("{apply: {rows: 'x if z > 1 else z', as: out}}", "THEN toFloat64(x)"),
        ("{apply: {rows: x * 2, as: out}}", "ORDER BY rowid"),
        ("{apply: {rows: x * 2, as: out}, having: out > 1}", "SELECT * EXCEPT (rowid)"),
        (
            "{derive: {r: x % s}, aggregate: {out: sum(r)}}",
            "moduloOrNull(moduloOrNull(x, s) + s, s)",
        ),
        ("{group_by: k, aggregate: {out: min(m)}}", "m DateTime64(3, ''UTC'')"),
        ("{group_by: k, aggregate: {out: min(o)}}", "o DateTime64(6, ''Europe/Berlin'')"),
        ("{group_by: k, aggregate: {out: sum(x)}}", "'k Nullable(String), x Int64'"),
    ],
)
def test_what_differs_is_said_in_clickhouse_words(query: str, said: str) -> None:
    assert said in written(query)


def test_a_column_wins_over_an_output_of_its_name_only_where_both_are_read() -> None:
    setting = "prefer_column_name_to_alias"
    assert setting in written("{group_by: k, aggregate: {x: sum(x), out: mean(x)}}")
    assert setting in written("{where: x > 1, group_by: k, aggregate: {x: sum(x)}}")
    assert setting not in written("{group_by: k, aggregate: {x: sum(x), out: mean(s)}}")


def test_a_scan_reads_the_file_through_a_view() -> None:
    text = written("{group_by: k, aggregate: {out: sum(x)}}", "chdb/scan")
    assert "CREATE VIEW data AS" in text
    assert "FROM file('{path}', Parquet, 'k Nullable(String), x Int64')" in text


def test_a_name_with_a_backslash_is_refused_in_words() -> None:
    with pytest.raises(Unsupported, match="backslash"):
        written("""{group_by: k, aggregate: {out: 'sum(col("a\\\\b"))'}}""")
