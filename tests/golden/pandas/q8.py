"""q8: largest two v3 by id6 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id6", "v3"])


def query(data):
    return (
        data.sort_values("v3", ascending=False)
        .groupby("id6", sort=False)
        .head(2)
        .rename(columns={"v3": "largest2_v3"})
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
