"""unmatched: number of rows, sum v1 of the anti join with big on id3 by id1 - duckdb"""

import sys

import duckdb


def load(path, big_path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id1, id3, v1 FROM read_parquet(?)", [path])
    con.execute("CREATE TABLE big AS SELECT id3 FROM read_parquet(?)", [big_path])
    return con


def query(con):
    return con.sql("""
        SELECT id1, count(*) AS rows, sum(v1) AS v1
        FROM data ANTI JOIN big USING (id3)
        GROUP BY id1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
