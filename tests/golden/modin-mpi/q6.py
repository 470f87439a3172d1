"""q6: median v3 and sd v3 by id4 and id5 - modin/mpi"""

import sys

import modin.pandas as pd
import pyarrow as pa
import unidist
from modin.config import Engine
from modin.utils import execute
from unidist.config import Backend

Engine.put("unidist")
Backend.put("mpi")


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["id4", "id5", "v3"])


def query(data):
    answer = (
        data.groupby(["id4", "id5"], sort=False)["v3"]
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
