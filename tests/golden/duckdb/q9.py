"""q9: square of the correlation of v1 and v2 by id2 and id4 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT id2, id4, v1, v2 FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT id2, id4, corr(v1, v2) ** 2 AS r2
        FROM data
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
