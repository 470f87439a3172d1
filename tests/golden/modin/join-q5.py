"""q5: big inner on int - modin"""

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


def load(path, big_path):
    data = pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    big = pd.read_parquet(
        big_path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"]
    )
    # Modin returns before it has read the file.
    execute(data, big)
    return data, big


def query(data, big):
    answer = data.merge(big, on="id3", suffixes=("", "_right"))
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(*load(sys.argv[1], sys.argv[2])))
