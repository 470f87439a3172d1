"""missing_share: share of missing discounts by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "discount", "payment"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(missing=data["discount"].isna(), unpaid=data["payment"].isna())
    return (
        data.groupby("store", sort=False)
        .agg({"missing": "mean", "unpaid": "sum"})
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
