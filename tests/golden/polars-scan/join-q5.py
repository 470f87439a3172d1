"""q5: big inner on int - polars/scan"""

import sys

import polars as pl


def load(path, big_path):
    return path, big_path


def query(path, big_path):
    data = pl.scan_parquet(path)
    big = pl.scan_parquet(big_path)
    return data.join(big, on="id3").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
