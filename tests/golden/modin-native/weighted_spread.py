"""weighted_spread: spread of v3 around its mean, weighted by v1, by id4 - modin/native"""

import sys

import modin.pandas as pd
import numpy as np
import pyarrow as pa
import ray
from modin.config import Engine
from modin.utils import execute

Engine.put("ray")


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["id4", "v3", "v1"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    data = data.assign(centre=data.groupby("id4")["v3"].transform("mean"))
    data = data.assign(v1_v3_centre=data["v1"] * (data["v3"] - data["centre"]) ** 2)
    answer = data.groupby("id4", as_index=False, sort=False)[
        ["v1_v3_centre", "v1"]
    ].sum()
    answer["spread"] = np.sqrt(answer["v1_v3_centre"] / answer["v1"])
    answer = answer[["id4", "spread"]]
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
