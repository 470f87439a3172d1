"""q4: mean v1, v2 and v3 by id4 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT id4, v1, v2, v3 FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3
        FROM data
        GROUP BY id4
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
