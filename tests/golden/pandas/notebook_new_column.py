"""new_column: revenue by product - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["product", "quantity", "price"])


def query(data):
    return (
        data.assign(revenue=data["quantity"] * data["price"])
        .groupby("product", sort=False)["revenue"]
        .agg(revenue="sum", largest="max")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
