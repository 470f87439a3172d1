"""q3: medium outer on int - dask/distributed"""

import sys

import dask.dataframe as dd
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path, medium_path):
    data = (
        dd.read_parquet(path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"])
        .repartition(npartitions=8)
        .persist()
    )
    medium = dd.read_parquet(
        medium_path, columns=["id1", "id2", "id4", "id5", "v2"]
    ).persist()
    wait([data, medium])
    return data, medium


def query(data, medium):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    data = data.merge(medium, on="id2", how="left", suffixes=("", "_right"))
    return data.compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(*load(sys.argv[1], sys.argv[2])))
