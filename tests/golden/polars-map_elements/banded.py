"""banded: a banded ratio of v3 and v2 - polars/map_elements"""

import math
import sys

import polars as pl


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def load(path):
    return pl.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.struct("v3", "v2", "v1").map_elements(
                banded, return_dtype=pl.Float64
            )
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
