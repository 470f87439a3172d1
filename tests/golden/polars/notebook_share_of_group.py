"""share_of_group: each sale's share of its store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "price"])


def query(data):
    return (
        data.lazy()
        .select(
            "store",
            share=100 * pl.col("price") / pl.col("price").sum().over("store"),
            above=pl.col("price") - pl.col("price").mean().over("store"),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
