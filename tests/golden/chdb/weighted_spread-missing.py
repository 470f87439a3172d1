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
        FROM file(
            {path:String},
            Parquet,
            'id4 Nullable(Int64), v3 Nullable(Float64), v1 Nullable(Int64)'
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
            sqrt(CASE WHEN count(v1 * pow(v3 - centre, 2)) < count(*) THEN NULL ELSE coalesce(sum(v1 * pow(v3 - centre, 2)), 0) END / CASE WHEN count(v1) < count(*) THEN NULL ELSE coalesce(sum(v1), 0) END) AS spread
        FROM (
            SELECT
                *,
                CASE
                    WHEN countIf(v3 IS NOT NULL) OVER (PARTITION BY id4) < count(*) OVER (PARTITION BY id4) THEN NULL
                    ELSE avg(v3) OVER (PARTITION BY id4)
                END AS centre
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
