"""rows_of_groups: rows, ratings and their mean by store and payment - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "payment", "rating"])


def query(data):
    return (
        data.groupby(["store", "payment"], sort=False, dropna=False)["rating"]
        .agg(rows="size", ratings="count", rating="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
