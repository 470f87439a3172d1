"""double_even_def: v2, doubled where v1 is even, as a def - modin/mpi"""

import sys

import modin.pandas as pd
import pyarrow as pa
import unidist
from modin.config import Engine
from unidist.config import Backend

Engine.put("unidist")
Backend.put("mpi")


def double_even(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["v2", "v1"])


def query(data):
    complete = data.dropna(subset=["v2", "v1"])
    return pd.DataFrame(
        {
            "result": complete.apply(double_even, axis=1, result_type="reduce").reindex(
                data.index
            )
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
