"""banded: a banded ratio of v3 and v2 - futures-thread"""

import math
import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pyarrow as pa

# Four parts for each worker: enough to even out, few enough that sending costs little.
CHUNKS = 8


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def apply(part):
    """Call the function on each row of a part of the frame."""
    complete = part.dropna(subset=["v3", "v2", "v1"])
    values = []
    try:
        values.extend(
            banded({"v3": v3, "v2": v2, "v1": v1})
            for v3, v2, v1 in zip(complete["v3"], complete["v2"], complete["v1"])
        )
    except Exception as error:
        # What comes back from another process does not show which row it was.
        failed = complete.iloc[len(values)]
        inputs = ", ".join(f"{name}={value}" for name, value in failed.items())
        error.add_note(f"row {failed.name}: {inputs}")
        raise
    return pd.Series(values, index=complete.index).reindex(part.index)


def load(path):
    return pd.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    size = len(data) // CHUNKS + 1
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(apply, parts))
    return pd.DataFrame({"result": pd.concat(done)})


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
