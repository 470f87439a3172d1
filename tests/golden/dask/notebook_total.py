"""total: sales by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "quantity", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return (
        data.groupby("store", sort=False)[["quantity", "price"]]
        .sum()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
