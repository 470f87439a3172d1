"""double_even_def: v2, doubled where v1 is even, as a def - modin"""

import sys

import modin.pandas as pd
import pyarrow as pa
import ray
from modin.config import Engine
from modin.utils import execute

Engine.put("ray")


def double_even(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["v2", "v1"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    answer = data.apply(double_even, axis=1).to_frame("result")
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
