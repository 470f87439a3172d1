"""share_of_group: each sale's share of its store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def transform(part):
    groups = part.groupby("store")["price"]
    return part[["store", "row"]].assign(
        share=100 * part["price"] / groups.transform("sum"),
        above=part["price"] - groups.transform("mean"),
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    # A shuffle changes the order of the rows.
    data = data.assign(row=data.assign(row=1)["row"].cumsum())
    # Only this shuffle keeps the order of a group's rows.
    data = data.shuffle("store", shuffle_method="tasks")
    return (
        data.map_partitions(transform)
        .compute()
        .sort_values("row")[["store", "share", "above"]]
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
