"""several_aggregates: price by product, described - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def summarise(part):
    return (
        part.groupby("product", sort=False)["price"]
        .agg(rows="size", mean="mean", std="std", low="min", mid="median", high="max")
        .reset_index()
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["product", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    # All is in memory, and by default a shuffle goes through the disk.
    data = data.shuffle("product", shuffle_method="tasks")
    return data.map_partitions(summarise).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
