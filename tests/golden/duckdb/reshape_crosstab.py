"""crosstab: how many sales of each class of the price have which rating - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT price, rating FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE
                WHEN price <= 0 THEN NULL
                WHEN price <= 25 THEN '(0, 25]'
                WHEN price <= 50 THEN '(25, 50]'
                WHEN price <= 75 THEN '(50, 75]'
                WHEN price <= 100 THEN '(75, 100]'
            END AS class,
            coalesce(count_if(rating = 1), 0) AS "1",
            coalesce(count_if(rating = 2), 0) AS "2",
            coalesce(count_if(rating = 3), 0) AS "3",
            coalesce(count_if(rating = 4), 0) AS "4",
            coalesce(count_if(rating = 5), 0) AS "5"
        FROM data
        GROUP BY class
    """).to_arrow_table()


def rows(answer):
    # DuckDB sums integers in 128 bits, which Arrow reads as decimals.
    for name in ["1", "2", "3", "4", "5"]:
        column = answer[name].cast("int64")
        answer = answer.set_column(answer.column_names.index(name), name, column)
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
