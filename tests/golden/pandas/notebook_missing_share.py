"""missing_share: share of missing discounts by store - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "discount", "payment"])


def query(data):
    return (
        data.assign(missing=data["discount"].isna(), unpaid=data["payment"].isna())
        .groupby("store", sort=False)
        .agg({"missing": "mean", "unpaid": "sum"})
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
