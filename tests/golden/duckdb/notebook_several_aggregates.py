"""several_aggregates: price by product, described - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT product, price FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            product,
            count(*) AS rows,
            avg(price) AS mean,
            stddev(price) AS std,
            min(price) AS low,
            median(price) AS mid,
            max(price) AS high
        FROM data
        GROUP BY product
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
