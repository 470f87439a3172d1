"""q8: largest two v3 by id6 - pandas/scan"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return path


def query(path):
    data = pd.read_parquet(path, columns=["id6", "v3"])
    data = data.dropna(subset=["v3"])
    return (
        data.sort_values("v3", ascending=False)
        .groupby("id6", sort=False, dropna=False)
        .head(2)[["id6", "v3"]]
        .rename(columns={"v3": "largest2_v3"})
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
