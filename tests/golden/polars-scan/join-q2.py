"""q2: medium inner on int - polars/scan"""

import sys

import polars as pl


def load(path, medium_path):
    return path, medium_path


def query(path, medium_path):
    data = pl.scan_parquet(path)
    medium = pl.scan_parquet(medium_path)
    return data.join(medium, on="id2").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
