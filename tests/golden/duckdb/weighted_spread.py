"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id4, v3, v1 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT id4, sqrt(sum(v1 * (v3 - centre) ** 2) / sum(v1)) AS spread
        FROM (
            SELECT *, avg(v3) OVER (PARTITION BY id4) AS centre
            FROM data
        )
        GROUP BY id4
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
