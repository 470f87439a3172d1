"""q6: median v3 and sd v3 by id4 and id5 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id4, id5, v3 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT id4, id5, median(v3) AS median_v3, stddev(v3) AS sd_v3
        FROM data
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
