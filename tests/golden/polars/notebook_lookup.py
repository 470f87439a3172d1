"""lookup: revenue by a group of payments - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["payment", "quantity", "price"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            paid=pl.col("payment").replace_strict(
                {"card": "now", "cash": "now", "invoice": "later"}, default="other"
            )
        )
        .group_by("paid")
        .agg(revenue=(pl.col("quantity") * pl.col("price")).sum())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
