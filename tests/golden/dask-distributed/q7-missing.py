"""q7: max v1 - min v2 by id3 - dask/distributed"""

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
        dd.read_parquet(path, columns=["id3", "v1", "v2"])
        .repartition(npartitions=8)
        .persist()
    )
    wait(data)
    return data


def query(data):
    # A cluster may still hold the answer it has just given, and give it again: let go of it first.
    wait(data)
    answer = (
        data.groupby("id3", sort=False, dropna=False)
        .agg(max_v1=("v1", "max"), min_v2=("v2", "min"))
        .reset_index()
        .compute()
    )
    answer["range_v1_v2"] = answer["max_v1"] - answer["min_v2"]
    return answer[["id3", "range_v1_v2"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
