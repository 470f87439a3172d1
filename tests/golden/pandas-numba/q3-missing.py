"""q3: sum v1 and mean v3 by id3 - pandas+numba"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id3", "v1", "v3"])


def query(data):
    groups = data.groupby("id3", sort=False, dropna=False)
    return pd.DataFrame(
        {"v1": groups["v1"].sum(engine="numba"), "v3": groups["v3"].mean()}
    ).reset_index()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
