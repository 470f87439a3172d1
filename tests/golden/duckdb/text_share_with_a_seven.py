"""share_with_a_seven: share of id3 with a 7, by id2 - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute("CREATE TABLE data AS SELECT id2, id3 FROM read_parquet(?)", [path])
    return con


def query(con):
    return con.sql("""
        SELECT
            id2,
            avg(contains(id3, '7')::BIGINT) AS share,
            count_if(ends_with(id3, '7')) AS sevens
        FROM data
        GROUP BY id2
    """).to_arrow_table()


def rows(answer):
    # DuckDB sums integers in 128 bits, which Arrow reads as decimals.
    for name in ["sevens"]:
        column = answer[name].cast("int64")
        answer = answer.set_column(answer.column_names.index(name), name, column)
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
