"""text_search: tea by store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, product, price
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT store, count(*) AS rows, avg(price) AS price
        FROM data
        WHERE contains(product, 'tea') AND starts_with(store, 'n')
        GROUP BY store
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
