"""banded: a banded ratio of v3 and v2 - polars/scan"""

import sys

import polars as pl


def load(path):
    return path


def query(path):
    data = pl.scan_parquet(path)
    ratio = pl.col("v3") / (pl.col("v2") + 1)
    return data.select(
        result=pl.when(ratio > 20)
        .then(ratio.sqrt())
        .when(pl.col("v1") == 1)
        .then(0.0)
        .otherwise(-ratio)
    ).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
