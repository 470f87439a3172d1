"""banded: a banded ratio of v3 and v2 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT v3, v2, v1 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE
                WHEN ratio > 20 THEN sqrt(ratio)
                WHEN v1 = 1 THEN 0.0
                ELSE -ratio
            END AS result
        FROM (
            SELECT *, v3 / (v2 + 1) AS ratio
            FROM data
        )
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
