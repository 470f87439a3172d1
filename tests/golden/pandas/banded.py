"""banded: a banded ratio of v3 and v2 - pandas"""

import math
import sys

import pandas as pd
import pyarrow as pa


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def load(path):
    return pd.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    return data.apply(banded, axis=1).to_frame("result")


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
