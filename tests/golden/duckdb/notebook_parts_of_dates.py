"""parts_of_dates: rows by weekday and hour - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT sold_at, price FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            isodow(sold_at) - 1 AS weekday,
            hour(sold_at) AS hour,
            count(*) AS rows,
            avg(price) AS price
        FROM data
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
