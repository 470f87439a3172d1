"""earlier: number of rows, count v2 of the as-of join with medium on id1, id3 = id2 by id1 - duckdb"""

import sys

import duckdb


def load(path, medium_path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT id1, id2, id3 FROM read_parquet(?)", [path]
    )
    con.execute(
        "CREATE TABLE medium AS SELECT id1, id2, v2 FROM read_parquet(?)", [medium_path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT id1, count(*) AS rows, count(v2) AS matched
        FROM (
            SELECT
                data.*,
                CASE WHEN data.id3 - medium.id2 <= 100 THEN medium.id2 END AS id2_right,
                CASE WHEN data.id3 - medium.id2 <= 100 THEN medium.v2 END AS v2
            FROM data ASOF LEFT JOIN (
                SELECT DISTINCT ON (id1, id2) * FROM medium
                ORDER BY id1, id2, rowid DESC
            ) AS medium ON data.id1 = medium.id1 AND data.id3 >= medium.id2
        )
        GROUP BY id1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
