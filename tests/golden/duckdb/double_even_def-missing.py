"""double_even_def: v2, doubled where v1 is even, as a def - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT v2, v1 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE
                WHEN v1 IS NULL THEN NULL
                WHEN v1 % 2 = 0 THEN 2 * v2
                ELSE v2
            END AS result
        FROM data
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
