"""classes: sales by classes of the price - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT price, quantity FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE
                WHEN price <= 0 THEN NULL
                WHEN price <= 10 THEN 'low'
                WHEN price <= 50 THEN 'middle'
                WHEN price <= 90 THEN 'high'
                WHEN price <= 100 THEN 'top'
            END AS class,
            count(*) AS sales,
            sum(price * quantity) AS revenue
        FROM data
        GROUP BY class
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
