"""largest_of_group: the three largest prices by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "price"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .group_by("store")
        .agg(pl.col("price").sort(descending=True).head(3))
        .explode("price")
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
