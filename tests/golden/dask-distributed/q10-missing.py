"""q10: sum v3 and number of rows by id1 to id6 - dask/distributed"""

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
        dd.read_parquet(path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v3"])
        .repartition(npartitions=8)
        .persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    return (
        data.groupby(
            ["id1", "id2", "id3", "id4", "id5", "id6"], sort=False, dropna=False
        )
        .agg(v3=("v3", "sum"), count=("v3", "size"), split_out=1)
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
