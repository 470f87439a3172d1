"""number_in_text: the mean number in id3 by id1 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id1, id3 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT id1, avg(TRY_CAST(regexp_extract(id3, '[0-9]+') AS BIGINT)) AS number
        FROM data
        GROUP BY id1
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
