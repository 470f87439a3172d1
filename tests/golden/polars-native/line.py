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
            sum_dx_v3=(pl.col("dx") * pl.col("v3")).sum(),
            sum_dx_2=(pl.col("dx") ** 2).sum(),
            mean_v3=pl.mean("v3"),
            mean_v2_2=pl.mean("v2"),
        )
        .select(
            "id4",
            slope=pl.col("sum_dx_v3") / pl.col("sum_dx_2"),
            intercept=pl.col("mean_v3")
            - pl.col("sum_dx_v3") / pl.col("sum_dx_2") * pl.col("mean_v2_2"),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
