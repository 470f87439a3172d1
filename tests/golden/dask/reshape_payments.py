"""payments: revenue by store, a column for each payment - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(
            path, columns=["store", "payment", "price", "quantity"]
        ).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        card=(data["price"] * data["quantity"]).where(data["payment"] == "card"),
        cash=(data["price"] * data["quantity"]).where(data["payment"] == "cash"),
        invoice=(data["price"] * data["quantity"]).where(data["payment"] == "invoice"),
        voucher=(data["price"] * data["quantity"]).where(data["payment"] == "voucher"),
    )
    return (
        data.groupby("store", sort=False)[["card", "cash", "invoice", "voucher"]]
        .sum()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
