"""condition_column: sales by size - dask"""

import sys

import dask.dataframe as dd
import numpy as np
import pyarrow as pa


def prepare(part):
    return part.assign(
        size=np.select(
            [part["quantity"] > 7, part["quantity"] > 3],
            ["large", "medium"],
            default="small",
        )
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["quantity", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.map_partitions(prepare)
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
