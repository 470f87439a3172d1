"""DuckDB by hand. A sum of no values is NULL in SQL, and 0 in a workload."""

from __future__ import annotations

from duckdb import DuckDBPyConnection as Connection
from pyarrow import Table


def q1(con: Connection, *, missing: bool) -> Table:
    return _ask(con, f"SELECT id1, {_sum('v1', missing)} AS v1 FROM data GROUP BY id1")


def q2(con: Connection, *, missing: bool) -> Table:
    return _ask(con, f"SELECT id1, id2, {_sum('v1', missing)} AS v1 FROM data GROUP BY id1, id2")


def q3(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con, f"SELECT id3, {_sum('v1', missing)} AS v1, avg(v3) AS v3 FROM data GROUP BY id3"
    )


def q4(con: Connection, *, missing: bool) -> Table:
    return _ask(con, "SELECT id4, avg(v1) v1, avg(v2) v2, avg(v3) v3 FROM data GROUP BY id4")


def q5(con: Connection, *, missing: bool) -> Table:
    sums = ", ".join(f"{_sum(name, missing)} AS {name}" for name in ("v1", "v2", "v3"))
    return _ask(con, f"SELECT id6, {sums} FROM data GROUP BY id6")


def q6(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT id4, id5, quantile_cont(v3, 0.5) AS median_v3, stddev(v3) AS sd_v3
        FROM data GROUP BY id4, id5
        """,
    )


def q7(con: Connection, *, missing: bool) -> Table:
    return _ask(con, "SELECT id3, max(v1) - min(v2) AS range_v1_v2 FROM data GROUP BY id3")


def q8(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con,
        """
        SELECT id6, largest2_v3 FROM (
            SELECT id6, v3 AS largest2_v3,
                row_number() OVER (PARTITION BY id6 ORDER BY v3 DESC) AS place
            FROM data WHERE v3 IS NOT NULL
        ) WHERE place <= 2
        """,
    )


def q9(con: Connection, *, missing: bool) -> Table:
    return _ask(con, "SELECT id2, id4, pow(corr(v1, v2), 2) AS r2 FROM data GROUP BY id2, id4")


def q10(con: Connection, *, missing: bool) -> Table:
    keys = "id1, id2, id3, id4, id5, id6"
    return _ask(
        con,
        f"SELECT {keys}, {_sum('v3', missing)} AS v3, count(*) AS count FROM data GROUP BY {keys}",
    )


def double_even(con: Connection, *, missing: bool) -> Table:
    known = "WHEN v1 IS NULL THEN NULL" if missing else ""
    return _ask(
        con, f"SELECT CASE {known} WHEN v1 % 2 = 0 THEN 2 * v2 ELSE v2 END AS result FROM data"
    )


double_even_def = double_even


def banded(con: Connection, *, missing: bool) -> Table:
    known = "WHEN v1 IS NULL OR v2 IS NULL OR v3 IS NULL THEN NULL" if missing else ""
    return _ask(
        con,
        f"""
        SELECT CASE {known}
            WHEN v3 / (v2 + 1) > 20 THEN sqrt(v3 / (v2 + 1))
            WHEN v1 = 1 THEN 0
            ELSE -v3 / (v2 + 1) END AS result
        FROM data
        """,
    )


def tariff(con: Connection, *, missing: bool) -> Table:
    known = "WHEN id1 IS NULL OR id2 IS NULL THEN NULL" if missing else ""
    return _ask(
        con,
        f"""
        SELECT CASE {known}
            WHEN id1 = 'id001' OR id2 IN ('id002', 'id003') THEN v3 * 1.5 ELSE v3 END AS result
        FROM data
        """,
    )


def weighted_spread(con: Connection, *, missing: bool) -> Table:
    spread = "sqrt(sum(v1 * (v3 - centre) ** 2) / sum(v1))"
    return _ask(
        con,
        f"""
        WITH centres AS (SELECT id4, avg(v3) AS centre FROM data GROUP BY id4)
        SELECT data.id4, {_complete(spread, "v1", "v3") if missing else spread} AS spread
        FROM data JOIN centres ON data.id4 IS NOT DISTINCT FROM centres.id4
        GROUP BY data.id4
        """,
    )


def line(con: Connection, *, missing: bool) -> Table:
    slope, intercept = "regr_slope(v3, v2)", "regr_intercept(v3, v2)"
    if missing:
        slope, intercept = (_complete(found, "v2", "v3") for found in (slope, intercept))
    return _ask(
        con, f"SELECT id4, {slope} AS slope, {intercept} AS intercept FROM data GROUP BY id4"
    )


def join_q1(con: Connection, *, missing: bool) -> Table:
    return _ask(
        con, f"SELECT data.*, {_others('small', 'id4')}, v2 FROM data JOIN small USING (id1)"
    )


def join_q2(con: Connection, *, missing: bool) -> Table:
    others = _others("medium", "id1", "id4", "id5")
    return _ask(con, f"SELECT data.*, {others}, v2 FROM data JOIN medium USING (id2)")


def join_q3(con: Connection, *, missing: bool) -> Table:
    others = _others("medium", "id1", "id4", "id5")
    return _ask(con, f"SELECT data.*, {others}, v2 FROM data LEFT JOIN medium USING (id2)")


def join_q4(con: Connection, *, missing: bool) -> Table:
    others = _others("medium", "id1", "id2", "id4")
    return _ask(con, f"SELECT data.*, {others}, v2 FROM data JOIN medium USING (id5)")


def join_q5(con: Connection, *, missing: bool) -> Table:
    others = _others("big", "id1", "id2", "id4", "id5", "id6")
    return _ask(con, f"SELECT data.*, {others}, v2 FROM data JOIN big USING (id3)")


def _ask(con: Connection, sql: str) -> Table:
    return con.sql(sql).to_arrow_table()


def _sum(column: str, missing: bool) -> str:
    return f"coalesce(sum({column}), 0)" if missing else f"sum({column})"


def _complete(answer: str, *columns: str) -> str:
    """Return an answer of the groups in which no value is missing, as NumPy has it."""
    known = " AND ".join(f"count({name}) = count(*)" for name in columns)
    return f"CASE WHEN {known} THEN {answer} END"


def _others(table: str, *columns: str) -> str:
    return ", ".join(f"{table}.{name} AS {name}_right" for name in columns)
