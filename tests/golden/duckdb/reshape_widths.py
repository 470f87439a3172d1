"""widths: the distribution of prices in ten bins of equal width - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT price FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        WITH step_1 AS (
            SELECT
                CASE
                    WHEN price <= min_price + (max_price - min_price) / 10 THEN 0
                    WHEN price <= min_price + (max_price - min_price) * 2 / 10 THEN 1
                    WHEN price <= min_price + (max_price - min_price) * 3 / 10 THEN 2
                    WHEN price <= min_price + (max_price - min_price) * 4 / 10 THEN 3
                    WHEN price <= min_price + (max_price - min_price) * 5 / 10 THEN 4
                    WHEN price <= min_price + (max_price - min_price) * 6 / 10 THEN 5
                    WHEN price <= min_price + (max_price - min_price) * 7 / 10 THEN 6
                    WHEN price <= min_price + (max_price - min_price) * 8 / 10 THEN 7
                    WHEN price <= min_price + (max_price - min_price) * 9 / 10 THEN 8
                    WHEN price IS NOT NULL THEN 9
                END AS bin
            FROM data, (
                SELECT min(price) AS min_price, max(price) AS max_price
                FROM data
            )
        )
        SELECT bin, count(*) AS sales
        FROM step_1
        GROUP BY bin
        ORDER BY bin
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
