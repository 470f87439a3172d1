"""q10: sum v3 and number of rows by id1 to id6 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        """
        CREATE TABLE data AS
        SELECT id1, id2, id3, id4, id5, id6, v3
        FROM read_parquet(?)
    """,
        [path],
    )
    return con


def query(con):
    return con.sql("""
        SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS count
        FROM data
        GROUP BY ALL
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
