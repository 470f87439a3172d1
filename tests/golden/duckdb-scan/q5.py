"""q5: sum v1, v2 and v3 by id6 - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.read_parquet(path)
    return con.sql("""
        SELECT id6, sum(v1) AS v1, sum(v2) AS v2, sum(v3) AS v3
        FROM data
        GROUP BY id6
    """).to_arrow_table()


def rows(answer):
    # DuckDB sums integers in 128 bits, which Arrow reads as decimals.
    for name in ["v1", "v2"]:
        column = answer[name].cast("int64")
        answer = answer.set_column(answer.column_names.index(name), name, column)
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
