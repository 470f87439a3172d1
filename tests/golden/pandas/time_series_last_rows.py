"""last_rows: rolling_mean(price, 10, at_least=1) by store in order of sold_at - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["store", "sold_at", "price"])


def query(data):
    data = data.sort_values("sold_at", kind="stable")
    return (
        data[["store"]]
        .assign(
            price=data.groupby("store")["price"]
            .rolling(10, min_periods=1)
            .mean()
            .reset_index(0, drop=True)
        )
        .sort_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
