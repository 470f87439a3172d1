"""banded: a banded ratio of v3 and v2 - dask/distributed"""

import math
import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def apply(part):
    return pd.DataFrame({"result": part.apply(banded, axis=1, result_type="reduce")})


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path):
    data = (
        dd.read_parquet(path, columns=["v3", "v2", "v1"])
        .repartition(npartitions=8)
        .persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    return data.map_partitions(apply, meta={"result": "f8"}).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
