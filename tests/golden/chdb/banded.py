"""banded: a banded ratio of v3 and v2 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT _row_number AS rowid, v3, v2, v1
        FROM file({path:String}, Parquet, 'v3 Float64, v2 Int64, v1 Int64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT
            CASE
                WHEN ratio > 20 THEN sqrt(ratio)
                WHEN v1 = 1 THEN 0.0
                ELSE -ratio
            END AS result
        FROM (
            SELECT *, v3 / (v2 + 1) AS ratio
            FROM data
        )
        ORDER BY rowid
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
