"""quarters: the mean rating by quarters of the price - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["rating", "price"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .select(
            "rating",
            quarter=pl.when(
                pl.col("price")
                <= pl.col("price").quantile(0.25, interpolation="linear")
            )
            .then(0)
            .when(
                pl.col("price") <= pl.col("price").quantile(0.5, interpolation="linear")
            )
            .then(1)
            .when(
                pl.col("price")
                <= pl.col("price").quantile(0.75, interpolation="linear")
            )
            .then(2)
            .when(pl.col("price").is_not_null())
            .then(3),
        )
        .group_by("quarter")
        .agg(sales=pl.len(), rating=pl.mean("rating"))
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
