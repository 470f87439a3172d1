"""hours: number of rows, sum quantity by hour - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["sold_at", "quantity"])


def query(data):
    return (
        data.assign(hour=data["sold_at"].dt.floor("h"))
        .groupby("hour", sort=False)["quantity"]
        .agg(rows="size", quantity="sum")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
