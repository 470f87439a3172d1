"""lookup: revenue by a group of payments - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT payment, quantity, price
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE payment
                WHEN 'card' THEN 'now'
                WHEN 'cash' THEN 'now'
                WHEN 'invoice' THEN 'later'
                ELSE 'other'
            END AS paid,
            sum(quantity * price) AS revenue
        FROM data
        GROUP BY paid
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
