"""rows_of_groups: rows, ratings and their mean by store and payment - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, payment, rating
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            payment,
            count(*) AS rows,
            count(rating) AS ratings,
            avg(rating) AS rating
        FROM data
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
