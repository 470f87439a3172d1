"""looked_up: v2 by a region of the last character of id1 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id1, v2 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE id1[-1:]
                WHEN '1' THEN 'north'
                WHEN '2' THEN 'north'
                WHEN '3' THEN 'south'
                ELSE 'elsewhere'
            END AS region,
            avg(v2) AS v2,
            count(*) AS rows
        FROM data
        GROUP BY region
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
