"""q8: largest two v3 by id6 - dask/distributed"""

import sys

import dask.dataframe as dd
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def largest(part):
    part = part.dropna(subset=["v3"])
    return (
        part.sort_values("v3", ascending=False)
        .groupby("id6", sort=False, dropna=False)
        .head(2)
    )


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path):
    data = (
        dd.read_parquet(path, columns=["id6", "v3"])
        .repartition(npartitions=8)
        .persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    return (
        data.reduction(chunk=largest, aggregate=largest)
        .compute()
        .rename(columns={"v3": "largest2_v3"})
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
