"""by_month: revenue by month - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["sold_at", "quantity", "price"])


def query(data):
    return (
        data.assign(
            month=data["sold_at"].dt.to_period("M").dt.to_timestamp(),
            revenue=data["quantity"] * data["price"],
        )
        .groupby("month", as_index=False, sort=False)["revenue"]
        .sum()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
