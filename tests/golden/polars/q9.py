"""q9: square of the correlation of v1 and v2 by id2 and id4 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id2", "id4", "v1", "v2"])


def query(data):
    return data.lazy().group_by("id2", "id4").agg(r2=pl.corr("v1", "v2") ** 2).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
