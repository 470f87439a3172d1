"""q1: sum v1 by id1 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id1, v1
        FROM file({path:String}, Parquet, 'id1 String, v1 Int64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id1, sum(v1) AS v1
        FROM data
        GROUP BY id1
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
