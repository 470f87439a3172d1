"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - serial"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def weighted_spread(v1, v3):
    centre = v3.mean()
    return np.sqrt((v1 * (v3 - centre) ** 2).sum() / v1.sum())


def apply(part):
    """Call the function on each group of a part of the frame."""
    answers = [
        (key, weighted_spread(group["v1"].to_numpy(), group["v3"].to_numpy()))
        for key, group in part.groupby("id4", sort=False)
    ]
    return pd.DataFrame(answers, columns=["id4", "spread"])


def load(path):
    return pd.read_parquet(path, columns=["id4", "v1", "v3"])


def query(data):
    return apply(data)


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
