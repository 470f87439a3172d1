"""after_groups: sum v1, number of rows by id2, then id2, rows, weighted of the left join with medium on id2 - duckdb"""

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
        WITH step_1 AS (
            SELECT id2, sum(v1) AS total, count(*) AS rows
            FROM data
            GROUP BY id2
        )
        SELECT id2, rows, total * v2 AS weighted
        FROM step_1 LEFT JOIN medium USING (id2)
        ORDER BY rows DESC, id2
        LIMIT 100
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
