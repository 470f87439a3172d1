"""q7: max v1 - min v2 by id3 - pandas+numba"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id3", "v1", "v2"])


def query(data):
    groups = data.groupby("id3", sort=False)
    return pd.DataFrame(
        {
            "range_v1_v2": groups["v1"].max(engine="numba")
            - groups["v2"].min(engine="numba")
        }
    ).reset_index()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
