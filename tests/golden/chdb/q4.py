"""q4: mean v1, v2 and v3 by id4 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id4, v1, v2, v3
        FROM file(
            {path:String},
            Parquet,
            'id4 Int64, v1 Int64, v2 Int64, v3 Float64'
        )
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id4, avg(v1) AS v1, avg(v2) AS v2, avg(v3) AS v3
        FROM data
        GROUP BY id4
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
