"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - dask/native"""

import sys

import dask.dataframe as dd
import numpy as np
import pyarrow as pa


def summarise(part):
    groups = part.groupby("id4", dropna=False)
    part = part.assign(
        centre=np.where(
            groups["v3"].transform("count") < groups["id4"].transform("size"),
            np.nan,
            groups["v3"].transform("mean"),
        )
    )
    part = part.assign(v1_v3_centre=part["v1"] * (part["v3"] - part["centre"]) ** 2)
    answer = (
        part.groupby("id4", sort=False, dropna=False)
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


def load(path):
    return (
        dd.read_parquet(path, columns=["id4", "v3", "v1"])
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
