"""q5: sum v1, v2 and v3 by id6 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT id6, v1, v2, v3 FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            id6,
            coalesce(sum(v1), 0) AS v1,
            coalesce(sum(v2), 0) AS v2,
            coalesce(sum(v3), 0) AS v3
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
