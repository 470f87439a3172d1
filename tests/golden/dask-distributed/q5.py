"""q5: sum v1, v2 and v3 by id6 - dask/distributed"""

import sys

import dask.dataframe as dd
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path):
    data = (
        dd.read_parquet(path, columns=["id6", "v1", "v2", "v3"])
        .repartition(npartitions=8)
        .persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    return (
        data.groupby("id6", sort=False)
        .agg({"v1": "sum", "v2": "sum", "v3": "sum"})
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
