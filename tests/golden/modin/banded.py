"""banded: a banded ratio of v3 and v2 - modin"""

import math
import sys

import modin.pandas as pd
import pyarrow as pa
import ray
from modin.config import Engine
from modin.utils import execute

Engine.put("ray")


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["v3", "v2", "v1"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    answer = data.apply(banded, axis=1).to_frame("result")
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
