"""q8: largest two v3 by id6 - modin/mpi"""

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
    return pd.read_parquet(path, columns=["id6", "v3"])


def query(data):
    data = data.dropna(subset=["v3"])
    answer = (
        data.sort_values("v3", ascending=False)
        .groupby("id6", sort=False)
        .head(2)[["id6", "v3"]]
        .rename(columns={"v3": "largest2_v3"})
    )
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
