"""text_split: revenue by region and by the size in a product's name - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(
            path, columns=["store", "product", "quantity", "price"]
        ).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        region=data["store"].str.split("-").str[0],
        size=data["product"].str.split(", ").str[1],
        revenue=data["quantity"] * data["price"],
    )
    return (
        data.groupby(["region", "size"], sort=False, dropna=False)["revenue"]
        .sum()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
