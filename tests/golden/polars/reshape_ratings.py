"""ratings: the mean rating by year and month, a column for each payment - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["sold_at", "payment", "rating"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            year=pl.col("sold_at").dt.year(), month=pl.col("sold_at").dt.month()
        )
        .pivot(
            "payment",
            on_columns=["card", "cash", "invoice", "voucher"],
            index=["year", "month"],
            values="rating",
            aggregate_function="mean",
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
