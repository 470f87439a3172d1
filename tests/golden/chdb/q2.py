"""q2: sum v1 by id1 and id2 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id1, id2, v1
        FROM file({path:String}, Parquet, 'id1 String, id2 String, v1 Int64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id1, id2, sum(v1) AS v1
        FROM data
        GROUP BY ALL
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
