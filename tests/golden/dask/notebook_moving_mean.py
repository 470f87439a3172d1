"""moving_mean: moving mean of seven prices by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def transform(part):
    return part[["store", "row"]].assign(
        smooth=part.groupby("store")["price"]
        .rolling(7)
        .mean()
        .reset_index(0, drop=True)
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
        data.map_partitions(transform).compute().sort_values("row")[["store", "smooth"]]
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
