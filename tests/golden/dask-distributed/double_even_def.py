"""double_even_def: v2, doubled where v1 is even, as a def - dask/distributed"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def double_even(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def apply(part):
    return pd.DataFrame(
        {"result": part.apply(double_even, axis=1, result_type="reduce")}
    )


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path):
    data = (
        dd.read_parquet(path, columns=["v2", "v1"]).repartition(npartitions=8).persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    return data.map_partitions(apply, meta={"result": "i8"}).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
