"""distinct_values: customers and quantity by store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, customer, quantity
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            count(DISTINCT customer) AS customers,
            avg(quantity) AS quantity
        FROM data
        GROUP BY store
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
