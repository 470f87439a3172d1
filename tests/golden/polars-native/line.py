"""line: slope and intercept of v3 over v2, by id4 - polars/native"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id4", "v3", "v2"])


def query(data):
    return (
        data.lazy()
        .group_by("id4")
        .agg(
            covar_v3_v2=pl.cov("v3", "v2"),
            var_v2=pl.var("v2"),
            mean_v3=pl.mean("v3"),
            mean_v2=pl.mean("v2"),
        )
        .select(
            "id4",
            slope=pl.col("covar_v3_v2") / pl.col("var_v2"),
            intercept=pl.col("mean_v3")
            - pl.col("covar_v3_v2") / pl.col("var_v2") * pl.col("mean_v2"),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
