"""filter: large sales of cash and card by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(
            path, columns=["store", "quantity", "payment", "price"]
        ).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data[
        (data["quantity"] >= 5)
        & data["payment"].isin(["card", "cash"])
        & (data["price"] > 20)
    ]
    return (
        data.groupby("store", sort=False)
        .agg(rows=("price", "size"), price=("price", "mean"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
