"""by_month: revenue by month - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["sold_at", "quantity", "price"])


def query(data):
    return (
        data.lazy()
        .with_columns(month=pl.col("sold_at").dt.truncate("1mo"))
        .group_by("month")
        .agg(revenue=(pl.col("quantity") * pl.col("price")).sum())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
