"""condition_column: sales by size - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT quantity, price FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE
                WHEN quantity > 7 THEN 'large'
                WHEN quantity > 3 THEN 'medium'
                ELSE 'small'
            END AS size,
            count(*) AS rows,
            avg(price) AS price
        FROM data
        GROUP BY size
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
