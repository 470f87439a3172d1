"""q7: max v1 - min v2 by id3 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id3, v1, v2 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT id3, max(v1) - min(v2) AS range_v1_v2
        FROM data
        GROUP BY id3
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
