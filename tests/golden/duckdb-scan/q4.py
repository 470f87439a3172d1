"""q4: mean v1, v2 and v3 by id4 - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.read_parquet(path)
    return con.sql("""
        SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3
        FROM data
        GROUP BY id4
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
