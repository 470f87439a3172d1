"""text_split: revenue by region and by the size in a product's name - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "product", "quantity", "price"])


def query(data):
    return (
        data.assign(
            region=data["store"].str.split("-").str[0],
            size=data["product"].str.split(", ").str[1],
            revenue=data["quantity"] * data["price"],
        )
        .groupby(["region", "size"], as_index=False, sort=False, dropna=False)[
            "revenue"
        ]
        .sum()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
