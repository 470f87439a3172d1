"""tariff: a rate by the text of id1 - modin"""

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


def tariff(x):
    if x["id1"] == "id001" or x["id2"] in ("id002", "id003"):
        return 1.5 * x["v3"]
    return x["v3"]


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["id1", "id2", "v3"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    answer = data.apply(tariff, axis=1).to_frame("result")
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
