"""right: number of rows, count v1, sum v2 of the right join with big on id3 - duckdb"""

import sys

import duckdb


def load(path, big_path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id3, v1 FROM read_parquet(?)", [path])
    con.execute("CREATE TABLE big AS SELECT id3, v2 FROM read_parquet(?)", [big_path])
    return con


def query(con):
    return con.sql("""
        SELECT count(*) AS rows, count(v1) AS v1, sum(v2) AS v2
        FROM data RIGHT JOIN big USING (id3)
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
