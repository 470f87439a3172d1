"""text_search: tea by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "product", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data[
        data["product"].str.contains("tea", regex=False)
        & data["store"].str.startswith("n")
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
