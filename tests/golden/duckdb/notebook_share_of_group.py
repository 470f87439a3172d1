"""share_of_group: each sale's share of its store - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT store, price FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            100 * price / sum(price) OVER (PARTITION BY store) AS share,
            price - avg(price) OVER (PARTITION BY store) AS above
        FROM data
        ORDER BY rowid
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
