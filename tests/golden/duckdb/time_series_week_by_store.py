"""week_by_store: rolling_sum(quantity, '7d'), rolling_count(quantity, '7d') by store in order of sold_at - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT store, sold_at, quantity
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            store,
            sum(quantity) OVER w AS quantity,
            count(quantity) OVER w AS sales
        FROM data
        WINDOW
            w AS (PARTITION BY store ORDER BY sold_at RANGE BETWEEN INTERVAL '167:59:59.999999' PRECEDING AND CURRENT ROW)
        ORDER BY rowid
    """).to_arrow_table()


def rows(answer):
    # DuckDB sums integers in 128 bits, which Arrow reads as decimals.
    for name in ["quantity"]:
        column = answer[name].cast("int64")
        answer = answer.set_column(answer.column_names.index(name), name, column)
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
