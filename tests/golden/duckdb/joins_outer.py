"""outer: number of rows, count v1, count v2 of the outer join with medium on id2 - duckdb"""

import sys

import duckdb


def load(path, medium_path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id2, v1 FROM read_parquet(?)", [path])
    con.execute(
        "CREATE TABLE medium AS SELECT id2, v2 FROM read_parquet(?)", [medium_path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT count(*) AS rows, count(v1) AS v1, count(v2) AS v2
        FROM data FULL JOIN medium USING (id2)
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
