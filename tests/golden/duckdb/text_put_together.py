"""put_together: v3 by a key of three texts - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT id1, id4, id2, v3 FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            upper(id1) || '/' || id4::VARCHAR || '-' || replace(id2, 'id', '') AS key,
            sum(v3) AS v3
        FROM data
        GROUP BY key
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
