"""months: sum quantity by store, month, then month, quantity, pct_change quantity by store in order of month - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "sold_at", "quantity"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(month=data["sold_at"].dt.to_period("M").dt.to_timestamp())
    step_1 = (
        data.groupby(["store", "month"], sort=False)["quantity"]
        .sum()
        .reset_index()
        .compute()
    )
    step_1 = step_1.sort_values("month", kind="stable")
    return step_1.assign(
        change=step_1.groupby("store")["quantity"].pct_change(fill_method=None)
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
