"""new_column: revenue by product - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT product, quantity, price
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT product, sum(revenue) AS revenue, max(revenue) AS largest
        FROM (
            SELECT *, quantity * price AS revenue
            FROM data
        )
        GROUP BY product
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
