"""value_counts: the ten most frequent codes and their quantity - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["code", "quantity"])


def query(data):
    return (
        data.groupby("code", sort=False)["quantity"]
        .agg(rows="size", quantity="sum")
        .reset_index()
        .sort_values(["rows", "code"], ascending=[False, True])
        .head(10)
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
