"""q9: square of the correlation of v1 and v2 by id2 and id4 - dask/distributed"""

import sys

import dask.dataframe as dd
import numpy as np
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def prepare(part):
    return part.assign(
        v1_v2=part["v1"] * part["v2"],
        v1_v1=part["v1"] * part["v1"],
        v2_v2=part["v2"] * part["v2"],
    )


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path):
    data = (
        dd.read_parquet(path, columns=["id2", "id4", "v1", "v2"])
        .repartition(npartitions=8)
        .persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    data = data.map_partitions(prepare)
    answer = (
        data.groupby(["id2", "id4"], sort=False)
        .agg(
            size=("v1_v2", "size"),
            sum_v1_v2=("v1_v2", "sum"),
            sum_v1=("v1", "sum"),
            sum_v2=("v2", "sum"),
            sum_v1_v1=("v1_v1", "sum"),
            sum_v2_v2=("v2_v2", "sum"),
        )
        .reset_index()
        .compute()
    )
    covariance = (
        answer["size"] * answer["sum_v1_v2"] - answer["sum_v1"] * answer["sum_v2"]
    )
    variance_v1 = (
        answer["size"] * answer["sum_v1_v1"] - answer["sum_v1"] * answer["sum_v1"]
    )
    variance_v2 = (
        answer["size"] * answer["sum_v2_v2"] - answer["sum_v2"] * answer["sum_v2"]
    )
    answer["r2"] = (covariance / np.sqrt(variance_v1 * variance_v2)) ** 2
    return answer[["id2", "id4", "r2"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
