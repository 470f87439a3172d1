"""several_aggregates: price by product, described - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["product", "price"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .group_by("product")
        .agg(
            rows=pl.len(),
            mean=pl.mean("price"),
            std=pl.std("price"),
            low=pl.min("price"),
            mid=pl.median("price"),
            high=pl.max("price"),
        )
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
