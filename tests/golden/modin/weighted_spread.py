"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - modin"""

import sys

import modin.pandas as pd
import numpy as np
import pyarrow as pa
import ray
from modin.config import Engine
from modin.utils import execute

Engine.put("ray")


def weighted_spread(v1, v3):
    centre = v3.mean()
    return np.sqrt((v1 * (v3 - centre) ** 2).sum() / v1.sum())


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["id4", "v1", "v3"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    answer = (
        data.groupby("id4", sort=False)[["v1", "v3"]]
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
