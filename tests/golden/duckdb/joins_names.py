"""names: number of rows, mean v2 of the inner join with medium on id3 = id2 by id1 - duckdb"""

import sys

import duckdb


def load(path, medium_path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT id1, id2, id3 FROM read_parquet(?)", [path]
    )
    con.execute(
        "CREATE TABLE medium AS SELECT id2, v2 FROM read_parquet(?)", [medium_path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT id1, count(*) AS rows, avg(v2) AS v2
        FROM data JOIN medium ON data.id3 = medium.id2
        GROUP BY id1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
