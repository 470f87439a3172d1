"""line: slope and intercept of v3 over v2, by id4 - pandas/native"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "v2", "v3"])


def query(data):
    groups = data.groupby("id4", dropna=False)
    data = data.assign(
        mean_v2=np.where(
            groups["v2"].transform("count") < groups["id4"].transform("size"),
            np.nan,
            groups["v2"].transform("mean"),
        )
    )
    data = data.assign(dx=data["v2"] - data["mean_v2"])
    data = data.assign(dx_v3=data["dx"] * data["v3"])
    data = data.assign(dx_2=data["dx"] ** 2)
    answer = (
        data.groupby("id4", sort=False, dropna=False)
        .agg(
            count_dx_v3=("dx_v3", "count"),
            size=("dx_v3", "size"),
            sum_dx_v3=("dx_v3", "sum"),
            count_dx_2=("dx_2", "count"),
            sum_dx_2=("dx_2", "sum"),
            count_v3=("v3", "count"),
            mean_v3=("v3", "mean"),
            count_v2=("v2", "count"),
            mean_v2_2=("v2", "mean"),
        )
        .reset_index()
    )
    answer["slope"] = np.where(
        answer["count_dx_v3"] < answer["size"], np.nan, answer["sum_dx_v3"]
    ) / np.where(answer["count_dx_2"] < answer["size"], np.nan, answer["sum_dx_2"])
    answer["intercept"] = np.where(
        answer["count_v3"] < answer["size"], np.nan, answer["mean_v3"]
    ) - np.where(
        answer["count_dx_v3"] < answer["size"], np.nan, answer["sum_dx_v3"]
    ) / np.where(
        answer["count_dx_2"] < answer["size"], np.nan, answer["sum_dx_2"]
    ) * np.where(
        answer["count_v2"] < answer["size"], np.nan, answer["mean_v2_2"]
    )
    return answer[["id4", "slope", "intercept"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
