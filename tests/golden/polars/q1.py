"""q1: sum v1 by id1 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id1", "v1"])


def query(data):
    return data.lazy().group_by("id1").agg(pl.sum("v1")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
