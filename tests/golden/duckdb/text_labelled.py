"""labelled: a label of each row, as a def - duckdb"""

import sys

import duckdb


def load(path):
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        "CREATE TABLE data AS SELECT id3, id1, v1, id2 FROM read_parquet(?)", [path]
    )
    return con


def query(con):
    return con.sql("""
        SELECT
            CASE
                WHEN contains(lower(id1), 'id01') THEN string_split(id3, 'd')[-1] || ': ' || v1::VARCHAR
                ELSE CASE id2[-1:] WHEN '1' THEN 'one' WHEN '2' THEN 'two' ELSE 'many' END
            END AS label
        FROM data
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
