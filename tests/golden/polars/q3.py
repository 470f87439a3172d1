"""q3: sum v1 and mean v3 by id3 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id3", "v1", "v3"])


def query(data):
    return data.lazy().group_by("id3").agg(pl.sum("v1"), pl.mean("v3")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
