"""double_even: v2, doubled where v1 is even - loky"""

import sys

import pandas as pd
import pyarrow as pa
from loky import get_reusable_executor

# Four parts for each worker: enough to even out, few enough that sending costs little.
CHUNKS = 8


def result(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def apply(part):
    """Call the function on each row of a part of the frame."""
    complete = part.dropna(subset=["v1", "v2"])
    values = []
    try:
        values.extend(
            result({"v1": v1, "v2": v2})
            for v1, v2 in zip(complete["v1"], complete["v2"])
        )
    except Exception as error:
        # What comes back from another process does not show which row it was.
        failed = complete.iloc[len(values)]
        inputs = ", ".join(f"{name}={value}" for name, value in failed.items())
        error.add_note(f"row {failed.name}: {inputs}")
        raise
    return pd.Series(values, index=complete.index).reindex(part.index)


def load(path):
    return pd.read_parquet(path, columns=["v1", "v2"])


def query(data):
    size = len(data) // CHUNKS + 1
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    done = list(get_reusable_executor(2).map(apply, parts))
    return pd.DataFrame({"result": pd.concat(done)})


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
