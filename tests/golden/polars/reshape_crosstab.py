"""crosstab: how many sales of each class of the price have which rating - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["price", "rating"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            pl.when(pl.col("price") <= 0)
            .then(None)
            .when(pl.col("price") <= 25)
            .then(pl.lit("(0, 25]"))
            .when(pl.col("price") <= 50)
            .then(pl.lit("(25, 50]"))
            .when(pl.col("price") <= 75)
            .then(pl.lit("(50, 75]"))
            .when(pl.col("price") <= 100)
            .then(pl.lit("(75, 100]"))
            .alias("class")
        )
        .pivot(
            "rating",
            on_columns=[1, 2, 3, 4, 5],
            index="class",
            values="rating",
            aggregate_function="len",
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
