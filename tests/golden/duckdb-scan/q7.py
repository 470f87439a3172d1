"""q7: max v1 - min v2 by id3 - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.read_parquet(path)
    return con.sql("""
        SELECT id3, max(v1) - min(v2) AS range_v1_v2
        FROM data
        GROUP BY id3
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
