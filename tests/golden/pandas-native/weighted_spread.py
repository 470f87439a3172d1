"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - pandas/native"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "v3", "v1"])


def query(data):
    data = data.assign(centre=data.groupby("id4")["v3"].transform("mean"))
    data = data.assign(v1_v3_centre=data["v1"] * (data["v3"] - data["centre"]) ** 2)
    groups = data.groupby("id4", sort=False)
    return pd.DataFrame(
        {"spread": np.sqrt(groups["v1_v3_centre"].sum() / groups["v1"].sum())}
    ).reset_index()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
