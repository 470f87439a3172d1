"""q9: square of the correlation of v1 and v2 by id2 and id4 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id2, id4, v1, v2
        FROM file(
            {path:String},
            Parquet,
            'id2 String, id4 Int64, v1 Int64, v2 Int64'
        )
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id2, id4, pow(ifNotFinite(corrStable(v1, v2), NULL), 2) AS r2
        FROM data
        GROUP BY ALL
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
