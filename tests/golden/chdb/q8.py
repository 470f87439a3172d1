"""q8: largest two v3 by id6 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id6, v3
        FROM file({path:String}, Parquet, 'id6 Int64, v3 Float64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id6, -arrayJoin(groupArraySorted(2)(-v3)) AS largest2_v3
        FROM data
        GROUP BY id6
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
