"""measures: how many values each measure has, and their mean, by store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, price, quantity, discount, rating
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        WITH step_1 AS (
            SELECT store, measure, value
            FROM data UNPIVOT INCLUDE NULLS (value FOR measure IN (price, quantity, discount, rating))
        )
        SELECT store, measure, count(value) AS "values", avg(value) AS mean
        FROM step_1
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
