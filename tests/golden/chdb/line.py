"""line: slope and intercept of v3 over v2, by id4 - chdb"""

import sys

import chdb


def load(path):
    con = chdb.connect(":memory:")
    con.query("SET output_format_arrow_compression_method = 'none', max_threads = 2")
    con.query(
        """
        CREATE TABLE data ENGINE = Memory AS
        SELECT id4, v2, v3
        FROM file({path:String}, Parquet, 'id4 Int64, v2 Int64, v3 Float64')
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT
            id4,
            sum(dx * v3) / sum(pow(dx, 2)) AS slope,
            avg(v3) - slope * avg(v2) AS intercept
        FROM (
            SELECT *, v2 - mean_v2 AS dx
            FROM (
                SELECT *, avg(v2) OVER (PARTITION BY id4) AS mean_v2
                FROM data
            )
        )
        GROUP BY id4
    """,
        "ArrowTable",
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
