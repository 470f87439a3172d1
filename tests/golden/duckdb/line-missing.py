"""line: slope and intercept of v3 over v2, by id4 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id4, v2, v3 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT
            id4,
            CASE WHEN count(dx * v3) < count(*) THEN NULL ELSE coalesce(sum(dx * v3), 0) END / CASE WHEN count(dx ** 2) < count(*) THEN NULL ELSE coalesce(sum(dx ** 2), 0) END AS slope,
            CASE WHEN count(v3) < count(*) THEN NULL ELSE avg(v3) END - CASE WHEN count(dx * v3) < count(*) THEN NULL ELSE coalesce(sum(dx * v3), 0) END / CASE WHEN count(dx ** 2) < count(*) THEN NULL ELSE coalesce(sum(dx ** 2), 0) END * CASE WHEN count(v2) < count(*) THEN NULL ELSE avg(v2) END AS intercept
        FROM (
            SELECT *, v2 - mean_v2 AS dx
            FROM (
                SELECT
                    *,
                    CASE
                        WHEN count(v2) OVER (PARTITION BY id4) < count(*) OVER (PARTITION BY id4) THEN NULL
                        ELSE avg(v2) OVER (PARTITION BY id4)
                    END AS mean_v2
                FROM data
            )
        )
        GROUP BY id4
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
