"""missing_share: share of missing discounts by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "discount", "payment"])


def query(data):
    return (
        data.lazy()
        .group_by("store")
        .agg(
            missing=pl.col("discount").is_null().mean(),
            unpaid=pl.col("payment").is_null().sum(),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
