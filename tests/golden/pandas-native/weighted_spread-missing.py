"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - pandas/native"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "v3", "v1"])


def query(data):
    groups = data.groupby("id4", dropna=False)
    data = data.assign(
        centre=np.where(
            groups["v3"].transform("count") < groups["id4"].transform("size"),
            np.nan,
            groups["v3"].transform("mean"),
        )
    )
    data = data.assign(v1_v3_centre=data["v1"] * (data["v3"] - data["centre"]) ** 2)
    answer = (
        data.groupby("id4", sort=False, dropna=False)
        .agg(
            count_v1_v3_centre=("v1_v3_centre", "count"),
            size=("v1_v3_centre", "size"),
            sum_v1_v3_centre=("v1_v3_centre", "sum"),
            count_v1=("v1", "count"),
            sum_v1=("v1", "sum"),
        )
        .reset_index()
    )
    answer["spread"] = np.sqrt(
        np.where(
            answer["count_v1_v3_centre"] < answer["size"],
            np.nan,
            answer["sum_v1_v3_centre"],
        )
        / np.where(answer["count_v1"] < answer["size"], np.nan, answer["sum_v1"])
    )
    return answer[["id4", "spread"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
