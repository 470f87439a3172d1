"""percent_of_total: each product's percent of all revenue - duckdb"""

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
        WITH step_1 AS (
            SELECT product, sum(quantity * price) AS revenue
            FROM data
            GROUP BY product
        )
        SELECT product, 100 * revenue / sum(revenue) OVER () AS percent
        FROM step_1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
