"""q1: small inner on int - polars/scan"""

import sys

import polars as pl


def load(path, small_path):
    return path, small_path


def query(path, small_path):
    data = pl.scan_parquet(path)
    small = pl.scan_parquet(small_path)
    return data.join(small, on="id1").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
