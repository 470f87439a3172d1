"""q1: small inner on int - chdb"""

import sys

import chdb


def load(path, small_path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id1, id2, id3, id4, id5, id6, v1
        FROM file(
            {path:String},
            Parquet,
            'id1 Int64, id2 Int64, id3 Int64, id4 String, id5 String, id6 String, v1 Float64'
        )
    """,
        params={"path": path},
    )
    con.query(
        """
        CREATE TABLE small ENGINE = Memory AS
        SELECT id1, id4, v2
        FROM file({path:String}, Parquet, 'id1 Int64, id4 String, v2 Float64')
    """,
        params={"path": small_path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT data.*, small.id4 AS id4_right, v2
        FROM data JOIN small USING (id1)
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
