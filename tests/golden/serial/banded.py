"""banded: a banded ratio of v3 and v2 - serial"""

import math
import sys

import pandas as pd
import pyarrow as pa


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def apply(part):
    """Call the function on each row of a part of the frame."""
    values = []
    try:
        values.extend(
            banded({"v3": v3, "v2": v2, "v1": v1})
            for v3, v2, v1 in zip(part["v3"], part["v2"], part["v1"])
        )
    except Exception as error:
        # A traceback does not show which row it was.
        failed = part.iloc[len(values)]
        inputs = ", ".join(f"{name}={value}" for name, value in failed.items())
        error.add_note(f"row {failed.name}: {inputs}")
        raise
    return pd.Series(values, index=part.index)


def load(path):
    return pd.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    return apply(data).to_frame("result")


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
