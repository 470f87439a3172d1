"""payments: revenue by store, a column for each payment - dask"""

import sys

import dask.dataframe as dd
import numpy as np
import pyarrow as pa


def prepare(part):
    return part.assign(
        card=np.where(
            (part["payment"] == "card").fillna(False),
            part["price"] * part["quantity"],
            np.nan,
        ),
        cash=np.where(
            (part["payment"] == "cash").fillna(False),
            part["price"] * part["quantity"],
            np.nan,
        ),
        invoice=np.where(
            (part["payment"] == "invoice").fillna(False),
            part["price"] * part["quantity"],
            np.nan,
        ),
        voucher=np.where(
            (part["payment"] == "voucher").fillna(False),
            part["price"] * part["quantity"],
            np.nan,
        ),
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(
            path, columns=["store", "payment", "price", "quantity"]
        ).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.map_partitions(prepare)
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
