"""double_even_def: v2, doubled where v1 is even, as a def - serial"""

import sys

import pandas as pd
import pyarrow as pa


def double_even(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def apply(part):
    """Call the function on each row of a part of the frame."""
    values = []
    try:
        values.extend(
            double_even({"v2": v2, "v1": v1}) for v2, v1 in zip(part["v2"], part["v1"])
        )
    except Exception as error:
        # A traceback does not show which row it was.
        failed = part.iloc[len(values)]
        inputs = ", ".join(f"{name}={value}" for name, value in failed.items())
        error.add_note(f"row {failed.name}: {inputs}")
        raise
    return pd.Series(values, index=part.index)


def load(path):
    return pd.read_parquet(path, columns=["v2", "v1"])


def query(data):
    return apply(data).to_frame("result")


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
