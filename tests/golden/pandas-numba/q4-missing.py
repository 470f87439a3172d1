"""q4: mean v1, v2 and v3 by id4 - pandas+numba"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id4", "v1", "v2", "v3"])


def query(data):
    return data.groupby("id4", as_index=False, sort=False, dropna=False)[
        ["v1", "v2", "v3"]
    ].mean()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
