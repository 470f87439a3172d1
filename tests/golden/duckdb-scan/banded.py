"""banded: a banded ratio of v3 and v2 - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.sql("SELECT v3, v2, v1 FROM read_parquet(?)", params=[path])
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
