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
        FROM file(
            {path:String},
            Parquet,
            'id4 Nullable(Int64), v2 Nullable(Int64), v3 Nullable(Float64)'
        )
    """,
        params={"path": path},
    )
    return con


def query(con):
    return con.query(
        """
        SELECT
            id4,
            CASE WHEN count(dx * v3) < count(*) THEN NULL ELSE coalesce(sum(dx * v3), 0) END / CASE WHEN count(pow(dx, 2)) < count(*) THEN NULL ELSE coalesce(sum(pow(dx, 2)), 0) END AS slope,
            CASE WHEN count(v3) < count(*) THEN NULL ELSE avg(v3) END - CASE WHEN count(dx * v3) < count(*) THEN NULL ELSE coalesce(sum(dx * v3), 0) END / CASE WHEN count(pow(dx, 2)) < count(*) THEN NULL ELSE coalesce(sum(pow(dx, 2)), 0) END * CASE WHEN count(v2) < count(*) THEN NULL ELSE avg(v2) END AS intercept
        FROM (
            SELECT *, v2 - mean_v2 AS dx
            FROM (
                SELECT
                    *,
                    CASE
                        WHEN countIf(v2 IS NOT NULL) OVER (PARTITION BY id4) < count(*) OVER (PARTITION BY id4) THEN NULL
                        ELSE avg(v2) OVER (PARTITION BY id4)
                    END AS mean_v2
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
