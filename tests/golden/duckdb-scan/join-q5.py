"""q5: big inner on int - duckdb/scan"""

import sys

import duckdb


def load(path, big_path):
    return path, big_path


def query(path, big_path):
    con = duckdb.connect(config={"threads": 2})
    data = con.sql(
        "SELECT id1, id2, id3, id4, id5, id6, v1 FROM read_parquet(?)", params=[path]
    )
    big = con.sql(
        "SELECT id1, id2, id3, id4, id5, id6, v2 FROM read_parquet(?)",
        params=[big_path],
    )
    return con.sql("""
        SELECT
            data.*,
            big.id1 AS id1_right,
            big.id2 AS id2_right,
            big.id4 AS id4_right,
            big.id5 AS id5_right,
            big.id6 AS id6_right,
            v2
        FROM data JOIN big USING (id3)
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
