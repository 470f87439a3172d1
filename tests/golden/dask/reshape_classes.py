"""classes: sales by classes of the price - dask"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["price", "quantity"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        **{
            "class": data["price"]
            .map_partitions(
                pd.cut, [0, 10, 50, 90, 100], labels=["low", "middle", "high", "top"]
            )
            .astype("string[pyarrow]"),
            "revenue": data["price"] * data["quantity"],
        }
    )
    return (
        data.groupby("class", sort=False, dropna=False)
        .agg(sales=("revenue", "size"), revenue=("revenue", "sum"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
