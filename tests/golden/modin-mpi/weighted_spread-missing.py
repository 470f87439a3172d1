"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - modin/mpi"""

import sys

import modin.pandas as pd
import numpy as np
import pyarrow as pa
import unidist
from modin.config import Engine
from modin.utils import execute
from unidist.config import Backend

Engine.put("unidist")
Backend.put("mpi")


def weighted_spread(v1, v3):
    centre = v3.mean()
    return np.sqrt((v1 * (v3 - centre) ** 2).sum() / v1.sum())


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["id4", "v1", "v3"])


def query(data):
    answer = (
        data.groupby("id4", sort=False, dropna=False)[["v1", "v3"]]
        .apply(
            lambda group: weighted_spread(
                group["v1"].to_numpy(), group["v3"].to_numpy()
            )
        )
        .rename("spread")
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
