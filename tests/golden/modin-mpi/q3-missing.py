"""q3: sum v1 and mean v3 by id3 - modin/mpi"""

import os
import sys

import modin.pandas as pd
import pyarrow as pa
import unidist
from modin.config import Engine
from modin.utils import execute
from unidist.config import Backend

Engine.put("unidist")
Backend.put("mpi")
# The default of pandas 3, in the workers too: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
os.environ["PANDAS_FUTURE_INFER_STRING"] = "1"


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["id3", "v1", "v3"])


def query(data):
    answer = (
        data.groupby("id3", sort=False, dropna=False)
        .agg({"v1": "sum", "v3": "mean"})
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
