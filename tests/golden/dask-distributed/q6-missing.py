"""q6: median v3 and sd v3 by id4 and id5 - dask/distributed"""

import sys

import dask.dataframe as dd
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def summarise(part):
    return (
        part.groupby(["id4", "id5"], sort=False, dropna=False)["v3"]
        .agg(median_v3="median", sd_v3="std")
        .reset_index()
    )


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path):
    data = (
        dd.read_parquet(path, columns=["id4", "id5", "v3"])
        .repartition(npartitions=8)
        .persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    # All is in memory, and by default a shuffle goes through the disk.
    data = data.shuffle(["id4", "id5"], shuffle_method="tasks")
    return data.map_partitions(summarise).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
