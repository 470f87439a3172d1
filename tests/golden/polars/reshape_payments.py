"""payments: revenue by store, a column for each payment - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "price", "quantity", "payment"])


def query(data):
    return (
        data.lazy()
        .with_columns(value=pl.col("price") * pl.col("quantity"))
        .pivot(
            "payment",
            on_columns=["card", "cash", "invoice", "voucher"],
            index="store",
            values="value",
            aggregate_function="sum",
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
