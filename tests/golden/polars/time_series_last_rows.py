"""last_rows: rolling_mean(price, 10, at_least=1) by store in order of sold_at - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "sold_at", "price"])


def query(data):
    return (
        data.lazy()
        .select(
            "store",
            pl.col("price")
            .rolling_mean(10, min_samples=1)
            .over("store", order_by="sold_at"),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
