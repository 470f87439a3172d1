"""line: slope and intercept of v3 over v2, by id4 - dask/native"""

import sys

import dask.dataframe as dd
import numpy as np
import pyarrow as pa


def summarise(part):
    groups = part.groupby("id4", dropna=False)
    part = part.assign(
        mean_v2=np.where(
            groups["v2"].transform("count") < groups["id4"].transform("size"),
            np.nan,
            groups["v2"].transform("mean"),
        )
    )
    part = part.assign(dx=part["v2"] - part["mean_v2"])
    part = part.assign(dx_v3=part["dx"] * part["v3"])
    part = part.assign(dx_2=part["dx"] ** 2)
    answer = (
        part.groupby("id4", sort=False, dropna=False)
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


def load(path):
    return (
        dd.read_parquet(path, columns=["id4", "v2", "v3"])
        .repartition(npartitions=8)
        .persist()
    )


def query(data):
    # All is in memory, and by default a shuffle goes through the disk.
    data = data.shuffle("id4", shuffle_method="tasks")
    return data.map_partitions(summarise).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
