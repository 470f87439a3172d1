"""quantities: sales by product, a column for each quantity - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT product, quantity FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            product,
            count_if(quantity = 1) AS "1",
            count_if(quantity = 2) AS "2",
            count_if(quantity = 3) AS "3",
            count_if(quantity = 4) AS "4",
            count_if(quantity = 5) AS "5",
            count_if(quantity = 6) AS "6",
            count_if(quantity = 7) AS "7",
            count_if(quantity = 8) AS "8",
            count_if(quantity = 9) AS "9",
            count_if(quantity = 10) AS "10"
        FROM data
        GROUP BY product
    """).to_arrow_table()


def rows(answer):
    # DuckDB sums integers in 128 bits, which Arrow reads as decimals.
    for name in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]:
        column = answer[name].cast("int64")
        answer = answer.set_column(answer.column_names.index(name), name, column)
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
