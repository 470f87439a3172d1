"""condition_column: sales by size - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["quantity", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(size="small")
    data = data.assign(
        size=data["size"]
        .mask(data["quantity"] > 3, "medium")
        .mask(data["quantity"] > 7, "large")
    )
    return (
        data.groupby("size", sort=False)
        .agg(rows=("price", "size"), price=("price", "mean"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
