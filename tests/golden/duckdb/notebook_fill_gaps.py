"""fill_gaps: discount by product, none where it is missing - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT product, discount FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT product, avg(coalesce(discount, 0)) AS discount
        FROM data
        GROUP BY product
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
