"""banded: a banded ratio of v3 and v2 - modin/mpi"""

import math
import sys

import modin.pandas as pd
import pyarrow as pa
import unidist
from modin.config import Engine
from unidist.config import Backend

Engine.put("unidist")
Backend.put("mpi")


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    complete = data.dropna(subset=["v3", "v2", "v1"])
    return pd.DataFrame(
        {
            "result": complete.apply(banded, axis=1, result_type="reduce").reindex(
                data.index
            )
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
