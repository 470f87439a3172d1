"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id4, v3, v1
        FROM file({path:String}, Parquet, 'id4 Int64, v3 Float64, v1 Int64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT id4, sqrt(sum(v1 * pow(v3 - centre, 2)) / sum(v1)) AS spread
        FROM (
            SELECT *, avg(v3) OVER (PARTITION BY id4) AS centre
            FROM data
        )
        GROUP BY id4
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
