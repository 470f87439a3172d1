"""months: sum quantity by store, month, then month, quantity, pct_change quantity by store in order of month - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, sold_at, quantity
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        WITH step_1 AS (
            SELECT
                store,
                date_trunc('month', sold_at) AS month,
                sum(quantity)::BIGINT AS quantity
            FROM data
            GROUP BY ALL
        )
        SELECT
            store,
            month,
            quantity,
            quantity / lag(quantity) OVER (PARTITION BY store ORDER BY month) - 1 AS change
        FROM step_1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
