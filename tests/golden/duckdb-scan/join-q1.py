"""q1: small inner on int - duckdb/scan"""

import sys

import duckdb


def load(path, small_path):
    return path, small_path


def query(path, small_path):
    con = duckdb.connect(config={"threads": 2})
    data = con.sql(
        "SELECT id1, id2, id3, id4, id5, id6, v1 FROM read_parquet(?)", params=[path]
    )
    small = con.sql("SELECT id1, id4, v2 FROM read_parquet(?)", params=[small_path])
    return con.sql("""
        SELECT data.*, small.id4 AS id4_right, v2
        FROM data JOIN small USING (id1)
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
