"""moving_mean: moving mean of seven prices by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "price"])


def query(data):
    return (
        data.lazy()
        .select("store", smooth=pl.col("price").rolling_mean(7).over("store"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
