"""q4: medium inner on factor - chdb"""

import sys

import chdb


def load(path, medium_path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id1, id2, id3, id4, id5, id6, v1
        FROM file(
            {path:String},
            Parquet,
            'id1 Int64, id2 Nullable(Int64), id3 Nullable(Int64), id4 String, id5 Nullable(String), id6 Nullable(String), v1 Nullable(Float64)'
        )
    """,
        params={"path": path},
    )
    con.query(
        """
        CREATE TABLE medium ENGINE = Memory AS
        SELECT id1, id2, id4, id5, v2
        FROM file(
            {path:String},
            Parquet,
            'id1 Int64, id2 Int64, id4 String, id5 String, v2 Float64'
        )
    """,
        params={"path": medium_path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT
            data.*,
            medium.id1 AS id1_right,
            medium.id2 AS id2_right,
            medium.id4 AS id4_right,
            v2
        FROM data JOIN medium USING (id5)
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
