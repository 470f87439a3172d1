"""double_even_def: v2, doubled where v1 is even, as a def - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT _row_number AS rowid, v2, v1
        FROM file({path:String}, Parquet, 'v2 Int64, v1 Int64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT CASE WHEN v1 % 2 = 0 THEN 2 * v2 ELSE v2 END AS result
        FROM data
        ORDER BY rowid
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
