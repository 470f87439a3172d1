"""percent_of_total: each product's percent of all revenue - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["product", "quantity", "price"])


def query(data):
    return (
        data.lazy()
        .group_by("product")
        .agg(revenue=(pl.col("quantity") * pl.col("price")).sum())
        .select("product", percent=100 * pl.col("revenue") / pl.sum("revenue"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
