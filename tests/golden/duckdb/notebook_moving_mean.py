"""moving_mean: moving mean of seven prices by store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT store, price FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            CASE WHEN count(price) OVER w >= 7 THEN avg(price) OVER w END AS smooth
        FROM data
        WINDOW
            w AS (PARTITION BY store ORDER BY rowid ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)
        ORDER BY rowid
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
