"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - dask/native"""

import sys

import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa


def summarise(part):
    part = part.assign(centre=part.groupby("id4")["v3"].transform("mean"))
    part = part.assign(v1_v3_centre=part["v1"] * (part["v3"] - part["centre"]) ** 2)
    groups = part.groupby("id4", sort=False)
    return pd.DataFrame(
        {"spread": np.sqrt(groups["v1_v3_centre"].sum() / groups["v1"].sum())}
    ).reset_index()


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id4", "v3", "v1"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    # All is in memory, and by default a shuffle goes through the disk.
    data = data.shuffle("id4", shuffle_method="tasks")
    return data.map_partitions(summarise).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
