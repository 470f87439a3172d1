"""new_column: revenue by product - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["product", "quantity", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(revenue=data["quantity"] * data["price"])
    return (
        data.groupby("product", sort=False)
        .agg(revenue=("revenue", "sum"), largest=("revenue", "max"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
