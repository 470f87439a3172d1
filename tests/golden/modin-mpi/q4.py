"""q4: mean v1, v2 and v3 by id4 - modin/mpi"""

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
    return pd.read_parquet(path, columns=["id4", "v1", "v2", "v3"])


def query(data):
    answer = data.groupby("id4", as_index=False, sort=False)[["v1", "v2", "v3"]].mean()
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
