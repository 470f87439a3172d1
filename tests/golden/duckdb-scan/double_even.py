"""double_even: v2, doubled where v1 is even - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.read_parquet(path)
    return con.sql("""
        SELECT CASE WHEN v1 % 2 = 0 THEN 2 * v2 ELSE v2 END AS result
        FROM data
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
