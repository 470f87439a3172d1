"""star: id1, id3, value of the inner join with small on id1, id4 and the left join with medium on id1, id2, then number of rows, sum value, count v2 of the left join with big on id1, id3 by id1 - duckdb"""

import sys

import duckdb


def load(path, small_path, medium_path, big_path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT id1, id2, id3, id4, v1
        FROM read_parquet(?)
    """,
        [path],
    )
    con.execute(
        "CREATE TABLE small AS SELECT id1, id4, v2 FROM read_parquet(?)", [small_path]
    )
    con.execute(
        "CREATE TABLE medium AS SELECT id1, id2 FROM read_parquet(?)", [medium_path]
    )
    con.execute(
        "CREATE TABLE big AS SELECT id1, id3, v2 FROM read_parquet(?)", [big_path]
    )
    return con


def query(con):
    return con.sql("""
        WITH step_1 AS (
            SELECT id1, id3, v1 * v2 AS value
            FROM data JOIN small USING (id1, id4)
            LEFT JOIN medium USING (id1, id2)
        )
        SELECT id1, count(*) AS rows, sum(value) AS value, count(v2) AS matched
        FROM step_1 LEFT JOIN big USING (id1, id3)
        GROUP BY id1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4])))
