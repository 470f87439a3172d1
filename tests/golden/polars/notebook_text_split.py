"""text_split: revenue by region and by the size in a product's name - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "product", "quantity", "price"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            region=pl.col("store").str.split("-").list.first(),
            size=pl.col("product").str.split(", ").list.get(1, null_on_oob=True),
        )
        .group_by("region", "size")
        .agg(revenue=(pl.col("quantity") * pl.col("price")).sum())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
