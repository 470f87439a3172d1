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


def apply(row):
    """Call the function on one row."""
    if row["v3"] is None or row["v2"] is None or row["v1"] is None:
        return None
    return banded(row)


def load(path):
    return pl.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    return (
        data.lazy()
        .select(
            pl.struct("v3", "v2", "v1")
            .map_elements(apply, return_dtype=pl.Float64)
            .alias("result")
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
