"""line: slope and intercept of v3 over v2, by id4 - modin"""

import sys

import modin.pandas as pd
import pyarrow as pa
import ray
from modin.config import Engine
from modin.utils import execute

Engine.put("ray")


def line(v2, v3):
    dx = v2 - v2.mean()
    slope = (dx * v3).sum() / (dx**2).sum()
    return slope, v3.mean() - slope * v2.mean()


def start():
    return ray.init(num_cpus=2, include_dashboard=False)


def load(path):
    data = pd.read_parquet(path, columns=["id4", "v2", "v3"])
    # Modin returns before it has read the file.
    execute(data)
    return data


def query(data):
    answer = data.groupby("id4", sort=False)[["v2", "v3"]].apply(
        lambda group: line(group["v2"].to_numpy(), group["v3"].to_numpy())
    )
    answer = pd.DataFrame(
        answer.tolist(), answer.index, ["slope", "intercept"]
    ).reset_index()
    # Modin's calls return before their work is done.
    execute(answer)
    return answer


def rows(answer):
    return pa.Table.from_pandas(answer.modin.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
