"""payments: revenue by store, a column for each payment - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "price", "quantity", "payment"])


def query(data):
    return (
        data.assign(value=data["price"] * data["quantity"])
        .groupby(["store", "payment"], sort=False, dropna=False)["value"]
        .sum()
        .unstack(fill_value=0)
        .reindex(columns=["card", "cash", "invoice", "voucher"], fill_value=0)
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
