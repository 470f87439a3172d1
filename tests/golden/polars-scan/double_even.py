"""double_even: v2, doubled where v1 is even - polars/scan"""

import sys

import polars as pl


def load(path):
    return path


def query(path):
    data = pl.scan_parquet(path)
    return data.select(
        result=pl.when(pl.col("v1") % 2 == 0)
        .then(2 * pl.col("v2"))
        .otherwise(pl.col("v2"))
    ).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
