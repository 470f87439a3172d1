"""week_by_store: rolling_sum(quantity, '7d'), rolling_count(quantity, '7d') by store in order of sold_at - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "sold_at", "quantity"])


def query(data):
    return (
        data.lazy()
        .select(
            "store",
            pl.col("quantity").rolling_sum_by("sold_at", "7d").over("store"),
            sales=pl.col("quantity")
            .is_not_null()
            .cast(pl.Int64)
            .rolling_sum_by("sold_at", "7d")
            .over("store"),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
