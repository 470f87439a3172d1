"""between_sales: seconds(sold_at - lag(sold_at)) by store in order of sold_at - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT store, sold_at FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            floor((epoch_us(sold_at) - epoch_us(lag(sold_at) OVER (PARTITION BY store ORDER BY sold_at, rowid))) / 1000000)::BIGINT AS waited
        FROM data
        ORDER BY rowid
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
