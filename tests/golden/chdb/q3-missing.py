"""q3: sum v1 and mean v3 by id3 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id3, v1, v3
        FROM file(
            {path:String},
            Parquet,
            'id3 Nullable(String), v1 Nullable(Int64), v3 Nullable(Float64)'
        )
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id3, coalesce(sum(v1), 0) AS v1, avg(v3) AS v3
        FROM data
        GROUP BY id3
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
