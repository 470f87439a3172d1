"""q4: mean v1, v2 and v3 by id4 - modin"""

import sys

import modin.pandas as pd
import pyarrow as pa
import ray
from modin.config import Engine
from modin.utils import execute

Engine.put("ray")


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["id4", "v1", "v2", "v3"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    answer = data.groupby("id4", as_index=False, sort=False).mean()
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
