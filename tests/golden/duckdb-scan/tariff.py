"""tariff: a rate by the text of id1 - duckdb/scan"""

import sys

import duckdb


def load(path):
    return path


def query(path):
    con = duckdb.connect(config={"threads": 2})
    data = con.read_parquet(path)
    return con.sql("""
        SELECT
            CASE
                WHEN id1 = 'id001' OR id2 IN ('id002', 'id003') THEN 1.5 * v3
                ELSE v3
            END AS result
        FROM data
    """).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
