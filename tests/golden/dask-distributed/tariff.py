"""tariff: a rate by the text of id1 - dask/distributed"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
from distributed import Client, LocalCluster, wait


def tariff(x):
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def apply(part):
    return pd.DataFrame({"result": part.apply(tariff, axis=1, result_type="reduce")})


def start():
    return Client(
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")
    )


def load(path):
    data = (
        dd.read_parquet(path, columns=["id1", "id2", "v3"])
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
