"""filter: large sales of cash and card by store - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "quantity", "payment", "price"])


def query(data):
    return (
        data[
            (data["quantity"] >= 5)
            & data["payment"].isin(["card", "cash"])
            & (data["price"] > 20)
        ]
        .groupby("store", sort=False)["price"]
        .agg(rows="size", price="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
