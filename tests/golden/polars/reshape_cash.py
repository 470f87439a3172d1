"""cash: the share of cash among sales by card or cash, by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "payment"])


def query(data):
    return (
        data.lazy()
        .pivot(
            "payment",
            on_columns=["card", "cash"],
            index="store",
            values="payment",
            aggregate_function="len",
        )
        .select(
            "store",
            share=(pl.col("cash") / (pl.col("card") + pl.col("cash"))).fill_nan(None),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
