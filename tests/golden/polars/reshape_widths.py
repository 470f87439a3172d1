"""widths: the distribution of prices in ten bins of equal width - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["price"])


def query(data):
    min_price = pl.min("price")
    max_price = pl.max("price")
    return (
        data.lazy()
        .select(
            bin=pl.when(pl.col("price") <= min_price + (max_price - min_price) / 10)
            .then(0)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 2 / 10)
            .then(1)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 3 / 10)
            .then(2)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 4 / 10)
            .then(3)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 5 / 10)
            .then(4)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 6 / 10)
            .then(5)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 7 / 10)
            .then(6)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 8 / 10)
            .then(7)
            .when(pl.col("price") <= min_price + (max_price - min_price) * 9 / 10)
            .then(8)
            .when(pl.col("price").is_not_null())
            .then(9)
        )
        .group_by("bin")
        .agg(sales=pl.len())
        .sort("bin", nulls_last=True)
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
