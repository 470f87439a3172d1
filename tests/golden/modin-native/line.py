"""line: slope and intercept of v3 over v2, by id4 - modin/native"""

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
    data = pd.read_parquet(path, columns=["id4", "v2", "v3"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    data = data.assign(mean_v2=data.groupby("id4")["v2"].transform("mean"))
    data = data.assign(dx=data["v2"] - data["mean_v2"])
    data = data.assign(dx_v3=data["dx"] * data["v3"], dx_2=data["dx"] ** 2)
    answer = (
        data.groupby("id4", sort=False)
        .agg({"dx_v3": "sum", "dx_2": "sum", "v3": "mean", "v2": "mean"})
        .reset_index()
    )
    answer["slope"] = answer["dx_v3"] / answer["dx_2"]
    answer["intercept"] = answer["v3"] - answer["slope"] * answer["v2"]
    answer = answer[["id4", "slope", "intercept"]]
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
