"""between_sales: seconds(sold_at - lag(sold_at)) by store in order of sold_at - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "sold_at"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .select(
            "store",
            waited=(
                pl.col("sold_at")
                - pl.col("sold_at").shift().over("store", order_by="sold_at")
            ).dt.total_microseconds()
            // 1000000,
        )
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
