"""q3: medium outer on int - chdb"""

import sys

import chdb


def load(path, medium_path):
    con = chdb.connect(":memory:")
    con.query("""
        SET
            output_format_arrow_compression_method = 'none',
            join_use_nulls = 1,
            max_threads = 2
    """)
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
            medium.id4 AS id4_right,
            medium.id5 AS id5_right,
            v2
        FROM data LEFT JOIN medium USING (id2)
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1], sys.argv[2])))
