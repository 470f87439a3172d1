"""q5: sum v1, v2 and v3 by id6 - pandas/scan"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return path


def query(path):
    data = pd.read_parquet(path, columns=["id6", "v1", "v2", "v3"])
    return data.groupby("id6", as_index=False, sort=False, dropna=False)[
        ["v1", "v2", "v3"]
    ].sum()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
