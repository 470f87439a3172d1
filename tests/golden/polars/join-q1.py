"""q1: small inner on int - polars"""

import sys

import polars as pl


def load(path, small_path):
    data = pl.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    small = pl.read_parquet(small_path, columns=["id1", "id4", "v2"])
    return data, small


def query(data, small):
    return data.join(small, on="id1")


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
