"""filled: ffill rating by store in order of sold_at - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, sold_at, rating
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            last_value(rating IGNORE NULLS) OVER (PARTITION BY store ORDER BY sold_at, rowid) AS rating
        FROM data
        ORDER BY rowid
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
