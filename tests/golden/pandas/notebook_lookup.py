"""lookup: revenue by a group of payments - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["payment", "quantity", "price"])


def query(data):
    return (
        data.assign(
            paid=data["payment"]
            .map({"card": "now", "cash": "now", "invoice": "later"})
            .fillna("other"),
            revenue=data["quantity"] * data["price"],
        )
        .groupby("paid", as_index=False, sort=False)["revenue"]
        .sum()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
