"""line: slope and intercept of v3 over v2, by id4 - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.sql("SELECT id4, v2, v3 FROM read_parquet(?)", params=[path])
    return con.sql("""
        SELECT
            id4,
            sum(dx * v3) / sum(dx ** 2) AS slope,
            avg(v3) - sum(dx * v3) / sum(dx ** 2) * avg(v2) AS intercept
        FROM (
            SELECT *, v2 - mean_v2 AS dx
            FROM (
                SELECT *, avg(v2) OVER (PARTITION BY id4) AS mean_v2
                FROM data
            )
        )
        GROUP BY id4
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
