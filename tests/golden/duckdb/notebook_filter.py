"""filter: large sales of cash and card by store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, quantity, payment, price
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT store, count(*) AS rows, avg(price) AS price
        FROM data
        WHERE quantity >= 5 AND payment IN ('card', 'cash') AND price > 20
        GROUP BY store
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
