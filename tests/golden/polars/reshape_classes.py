"""classes: sales by classes of the price - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["price", "quantity"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            pl.when(pl.col("price") <= 0)
            .then(None)
            .when(pl.col("price") <= 10)
            .then(pl.lit("low"))
            .when(pl.col("price") <= 50)
            .then(pl.lit("middle"))
            .when(pl.col("price") <= 90)
            .then(pl.lit("high"))
            .when(pl.col("price") <= 100)
            .then(pl.lit("top"))
            .alias("class")
        )
        .group_by("class")
        .agg(sales=pl.len(), revenue=(pl.col("price") * pl.col("quantity")).sum())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
