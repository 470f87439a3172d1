"""quarters: the mean rating by quarters of the price - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT rating, price FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        WITH step_1 AS (
            SELECT
                rating,
                CASE
                    WHEN price <= quantiles_price[1] THEN 0
                    WHEN price <= quantiles_price[2] THEN 1
                    WHEN price <= quantiles_price[3] THEN 2
                    WHEN price IS NOT NULL THEN 3
                END AS quarter
            FROM data, (
                SELECT quantile_cont(price, [0.25, 0.5, 0.75]) AS quantiles_price
                FROM data
            )
        )
        SELECT quarter, count(*) AS sales, avg(rating) AS rating
        FROM step_1
        GROUP BY quarter
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
