"""since_last: quantity since the customer's last purchase - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["customer", "quantity"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .select(
            "customer",
            before=pl.col("quantity").shift().over("customer"),
            so_far=pl.col("quantity").cum_sum().over("customer"),
        )
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
