"""q7: max v1 - min v2 by id3 - modin/mpi"""

import os
import sys

import modin.pandas as pd
import pyarrow as pa
import unidist
from modin.config import Engine
from unidist.config import Backend

Engine.put("unidist")
Backend.put("mpi")
# The default of pandas 3, in the workers too: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
os.environ["PANDAS_FUTURE_INFER_STRING"] = "1"


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["id3", "v1", "v2"])


def query(data):
    answer = (
        data.groupby("id3", sort=False, dropna=False)
        .agg(max_v1=("v1", "max"), min_v2=("v2", "min"))
        .reset_index()
        .modin.to_pandas()
    )
    answer["range_v1_v2"] = answer["max_v1"] - answer["min_v2"]
    return answer[["id3", "range_v1_v2"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
