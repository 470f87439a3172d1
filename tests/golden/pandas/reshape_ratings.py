"""ratings: the mean rating by year and month, a column for each payment - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["sold_at", "payment", "rating"])


def query(data):
    return (
        data.assign(year=data["sold_at"].dt.year, month=data["sold_at"].dt.month)
        .groupby(["year", "month", "payment"], sort=False, dropna=False)["rating"]
        .mean()
        .unstack()
        .reindex(columns=["card", "cash", "invoice", "voucher"])
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
