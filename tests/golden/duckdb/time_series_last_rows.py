"""last_rows: rolling_mean(price, 10, at_least=1) by store in order of sold_at - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, sold_at, price
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            avg(price) OVER (PARTITION BY store ORDER BY sold_at, rowid ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) AS price
        FROM data
        ORDER BY rowid
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
