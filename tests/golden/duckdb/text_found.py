"""found: rows whose id3 ends with 7 and a digit, by id1 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id1, id3, v3 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT id1, count(*) AS rows, avg(v3) AS v3
        FROM data
        WHERE regexp_matches(id3, '7[0-9]$')
        GROUP BY id1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
