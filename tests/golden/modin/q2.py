"""q2: sum v1 by id1 and id2 - modin"""

import os
import sys

import modin.pandas as pd
import pyarrow as pa
import ray
from modin.config import Engine
from modin.utils import execute

Engine.put("ray")
# The default of pandas 3, in the workers too: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
os.environ["PANDAS_FUTURE_INFER_STRING"] = "1"


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["id1", "id2", "v1"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    answer = data.groupby(["id1", "id2"], as_index=False, sort=False).sum()
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
