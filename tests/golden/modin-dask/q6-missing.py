"""q6: median v3 and sd v3 by id4 and id5 - modin/dask"""

import sys

import modin.pandas as pd
import pyarrow as pa
from distributed import Client
from modin.config import Engine
from modin.utils import execute

Engine.put("dask")


def start():
    return Client(n_workers=2, threads_per_worker=1, dashboard_address=":0")


def load(path):
    return pd.read_parquet(path, columns=["id4", "id5", "v3"])


def query(data):
    answer = (
        data.groupby(["id4", "id5"], sort=False, dropna=False)["v3"]
        .agg(median_v3="median", sd_v3="std")
        .reset_index()
    )
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
