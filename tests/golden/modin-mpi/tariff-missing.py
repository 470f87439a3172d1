"""tariff: a rate by the text of id1 - modin/mpi"""

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


def tariff(x):
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["id1", "id2", "v3"])


def query(data):
    complete = data.dropna(subset=["id1", "id2", "v3"])
    return pd.DataFrame(
        {
            "result": complete.apply(tariff, axis=1, result_type="reduce").reindex(
                data.index
            )
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
