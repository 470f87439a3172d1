"""q4: medium inner on factor - duckdb/scan"""

import sys

import duckdb


def load(path, medium_path):
    return path, medium_path


def query(path, medium_path):
    con = duckdb.connect(config={"threads": 2})
    data = con.sql(
        "SELECT id1, id2, id3, id4, id5, id6, v1 FROM read_parquet(?)", params=[path]
    )
    medium = con.sql(
        "SELECT id1, id2, id4, id5, v2 FROM read_parquet(?)", params=[medium_path]
    )
    return con.sql("""
        SELECT
            data.*,
            medium.id1 AS id1_right,
            medium.id2 AS id2_right,
            medium.id4 AS id4_right,
            v2
        FROM data JOIN medium USING (id5)
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
