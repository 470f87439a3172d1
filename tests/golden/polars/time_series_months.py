"""months: sum quantity by store, month, then month, quantity, pct_change quantity by store in order of month - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "sold_at", "quantity"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .with_columns(month=pl.col("sold_at").dt.truncate("1mo"))
        .group_by("store", "month")
        .agg(pl.sum("quantity"))
        .with_columns(
            change=pl.col("quantity").pct_change().over("store", order_by="month")
        )
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
