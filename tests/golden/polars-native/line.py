"""line: slope and intercept of v3 over v2, by id4 - polars/native"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id4", "v2", "v3"])


def query(data):
    return (
        data.lazy()
        .with_columns(mean_v2=pl.col("v2").mean().over("id4"))
        .with_columns(dx=pl.col("v2") - pl.col("mean_v2"))
        .group_by("id4")
        .agg(
            ((pl.col("dx") * pl.col("v3")).sum() / (pl.col("dx") ** 2).sum()).alias(
                "slope"
            ),
            (
                pl.col("v3").mean()
                - (pl.col("dx") * pl.col("v3")).sum()
                / (pl.col("dx") ** 2).sum()
                * pl.col("v2").mean()
            ).alias("intercept"),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
