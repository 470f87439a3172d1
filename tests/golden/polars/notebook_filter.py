"""filter: large sales of cash and card by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "quantity", "payment", "price"])


def query(data):
    return (
        data.lazy()
        .filter(
            pl.col("quantity") >= 5,
            pl.col("payment").is_in(["card", "cash"]),
            pl.col("price") > 20,
        )
        .group_by("store")
        .agg(rows=pl.len(), price=pl.mean("price"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
