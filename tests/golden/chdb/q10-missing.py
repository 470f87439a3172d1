"""q10: sum v3 and number of rows by id1 to id6 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id1, id2, id3, id4, id5, id6, v3
        FROM file(
            {path:String},
            Parquet,
            'id1 Nullable(String), id2 Nullable(String), id3 Nullable(String), id4 Nullable(Int64), id5 Nullable(Int64), id6 Nullable(Int64), v3 Nullable(Float64)'
        )
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT
            id1,
            id2,
            id3,
            id4,
            id5,
            id6,
            coalesce(sum(v3), 0) AS v3,
            count(*) AS count
        FROM data
        GROUP BY id1, id2, id3, id4, id5, id6
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
