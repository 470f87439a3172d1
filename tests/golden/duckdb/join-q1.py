"""q1: small inner on int - duckdb"""

import sys

import duckdb


def load(path, small_path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT id1, id2, id3, id4, id5, id6, v1
        FROM read_parquet(?)
    """,
        [path],
    )
    con.execute(
        "CREATE TABLE small AS SELECT id1, id4, v2 FROM read_parquet(?)", [small_path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT data.*, small.id4 AS id4_right, v2
        FROM data JOIN small USING (id1)
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
