"""q6: median v3 and sd v3 by id4 and id5 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id4, id5, v3
        FROM file({path:String}, Parquet, 'id4 Int64, id5 Int64, v3 Float64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT
            id4,
            id5,
            quantileExactInclusive(0.5)(v3) AS median_v3,
            ifNotFinite(stddevSampStable(v3), NULL) AS sd_v3
        FROM data
        GROUP BY ALL
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
