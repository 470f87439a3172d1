"""total: sales by store - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "quantity", "price"])


def query(data):
    return data.lazy().group_by("store").agg(pl.sum("quantity", "price")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
