"""long: price, quantity, discount and rating as rows - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, sold_at, price, quantity, discount, rating
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT store, sold_at, measure, value
        FROM data UNPIVOT INCLUDE NULLS (value FOR measure IN (price, quantity, discount, rating))
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
