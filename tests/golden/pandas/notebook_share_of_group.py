"""share_of_group: each sale's share of its store - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "price"])


def query(data):
    groups = data.groupby("store")["price"]
    return data[["store"]].assign(
        share=100 * data["price"] / groups.transform("sum"),
        above=data["price"] - groups.transform("mean"),
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
