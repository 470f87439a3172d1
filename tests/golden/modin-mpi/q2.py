"""q2: sum v1 by id1 and id2 - modin/mpi"""

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
    return pd.read_parquet(path, columns=["id1", "id2", "v1"])


def query(data):
    answer = data.groupby(["id1", "id2"], as_index=False, sort=False)["v1"].sum()
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
