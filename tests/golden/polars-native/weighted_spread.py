"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - polars/native"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id4", "v3", "v1"])


def query(data):
    return (
        data.lazy()
        .with_columns(centre=pl.col("v3").mean().over("id4"))
        .group_by("id4")
        .agg(
            spread=(
                (pl.col("v1") * (pl.col("v3") - pl.col("centre")) ** 2).sum()
                / pl.sum("v1")
            ).sqrt()
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
