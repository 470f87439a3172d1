"""largest_of_group: the three largest prices by store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT store, price FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT store, unnest(max(price, 3)) AS price
        FROM data
        GROUP BY store
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
