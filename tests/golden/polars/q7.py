"""q7: max v1 - min v2 by id3 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id3", "v1", "v2"])


def query(data):
    return (
        data.lazy()
        .group_by("id3")
        .agg(range_v1_v2=pl.max("v1") - pl.min("v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
