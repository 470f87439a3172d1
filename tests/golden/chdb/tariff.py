"""tariff: a rate by the text of id1 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT _row_number AS rowid, id1, id2, v3
        FROM file({path:String}, Parquet, 'id1 String, id2 String, v3 Float64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT
            CASE
                WHEN id1 = 'id001' OR id2 IN ('id002', 'id003') THEN 1.5 * v3
                ELSE v3
            END AS result
        FROM data
        ORDER BY rowid
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
