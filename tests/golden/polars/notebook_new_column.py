"""new_column: revenue by product - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["product", "quantity", "price"])


def query(data):
    return (
        data.lazy()
        .with_columns(revenue=pl.col("quantity") * pl.col("price"))
        .group_by("product")
        .agg(pl.sum("revenue"), largest=pl.max("revenue"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
