"""payments: revenue by store, a column for each payment - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, payment, price, quantity
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            coalesce(sum(CASE WHEN payment = 'card' THEN price * quantity END), 0) AS card,
            coalesce(sum(CASE WHEN payment = 'cash' THEN price * quantity END), 0) AS cash,
            coalesce(sum(CASE WHEN payment = 'invoice' THEN price * quantity END), 0) AS invoice,
            coalesce(sum(CASE WHEN payment = 'voucher' THEN price * quantity END), 0) AS voucher
        FROM data
        GROUP BY store
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
