"""q9: square of the correlation of v1 and v2 by id2 and id4 - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.read_parquet(path)
    return con.sql("""
        SELECT id2, id4, corr(v1, v2) ** 2 AS r2
        FROM data
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
