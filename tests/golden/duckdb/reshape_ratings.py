"""ratings: the mean rating by year and month, a column for each payment - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT sold_at, payment, rating
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            year(sold_at) AS year,
            month(sold_at) AS month,
            avg(CASE WHEN payment = 'card' THEN rating END) AS card,
            avg(CASE WHEN payment = 'cash' THEN rating END) AS cash,
            avg(CASE WHEN payment = 'invoice' THEN rating END) AS invoice,
            avg(CASE WHEN payment = 'voucher' THEN rating END) AS voucher
        FROM data
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
