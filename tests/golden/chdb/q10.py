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
            'id1 String, id2 String, id3 String, id4 Int64, id5 Int64, id6 Int64, v3 Float64'
        )
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS v3, count(*) AS count
        FROM data
        GROUP BY ALL
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
