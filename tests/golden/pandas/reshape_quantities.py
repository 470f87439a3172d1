"""quantities: sales by product, a column for each quantity - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["product", "quantity"])


def query(data):
    return (
        data.groupby(["product", "quantity"], sort=False)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], fill_value=0)
        .rename(columns=str)
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
