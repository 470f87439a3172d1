"""line: slope and intercept of v3 over v2, by id4 - joblib"""

import sys

import pandas as pd
import pyarrow as pa
from joblib import Parallel, delayed

# Four parts for each worker: enough to even out, few enough that sending costs little.
CHUNKS = 8


def line(v2, v3):
    dx = v2 - v2.mean()
    slope = (dx * v3).sum() / (dx**2).sum()
    return slope, v3.mean() - slope * v2.mean()


def apply(part):
    """Call the function on each group of a part of the frame."""
    answers = [
        (key, *line(group["v2"].to_numpy(), group["v3"].to_numpy()))
        for key, group in part.groupby("id4", sort=False)
    ]
    return pd.DataFrame(answers, columns=["id4", "slope", "intercept"])


def load(path):
    return pd.read_parquet(path, columns=["id4", "v2", "v3"])


def query(data):
    number = data.groupby("id4", sort=False).ngroup()
    parts = [part for _, part in data.groupby(number % CHUNKS)]
    done = Parallel(n_jobs=2)(delayed(apply)(part) for part in parts)
    return pd.concat(done)


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
