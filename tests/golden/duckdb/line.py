"""line: slope and intercept of v3 over v2, by id4 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id4, v3, v2 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT id4, regr_slope(v3, v2) AS slope, regr_intercept(v3, v2) AS intercept
        FROM data
        GROUP BY id4
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
