"""condition_column: sales by size - pandas"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["quantity", "price"])


def query(data):
    return (
        data.assign(
            size=np.select(
                [data["quantity"] > 7, data["quantity"] > 3],
                ["large", "medium"],
                default="small",
            )
        )
        .groupby("size", sort=False)["price"]
        .agg(rows="size", price="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
