"""q4: mean v1, v2 and v3 by id4 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id4", "v1", "v2", "v3"])


def query(data):
    return data.lazy().group_by("id4").agg(pl.mean("v1", "v2", "v3")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
