"""line: slope and intercept of v3 over v2, by id4 - pandas/native"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "v2", "v3"])


def query(data):
    data = data.assign(mean_v2=data.groupby("id4")["v2"].transform("mean"))
    data = data.assign(dx=data["v2"] - data["mean_v2"])
    data = data.assign(dx_v3=data["dx"] * data["v3"], dx_2=data["dx"] ** 2)
    answer = (
        data.groupby("id4", sort=False)
        .agg(
            sum_dx_v3=("dx_v3", "sum"),
            sum_dx_2=("dx_2", "sum"),
            mean_v3=("v3", "mean"),
            mean_v2_2=("v2", "mean"),
        )
        .reset_index()
    )
    answer["slope"] = answer["sum_dx_v3"] / answer["sum_dx_2"]
    answer["intercept"] = answer["mean_v3"] - answer["slope"] * answer["mean_v2_2"]
    return answer[["id4", "slope", "intercept"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
