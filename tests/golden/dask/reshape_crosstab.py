"""crosstab: how many sales of each class of the price have which rating - dask"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["price", "rating"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        **{
            "class": data["price"]
            .map_partitions(
                pd.cut,
                [0, 25, 50, 75, 100],
                labels=["(0, 25]", "(25, 50]", "(50, 75]", "(75, 100]"],
            )
            .astype("string[pyarrow]"),
            "1": data["rating"] == 1,
            "2": data["rating"] == 2,
            "3": data["rating"] == 3,
            "4": data["rating"] == 4,
            "5": data["rating"] == 5,
        }
    )
    return (
        data.groupby("class", sort=False, dropna=False)[["1", "2", "3", "4", "5"]]
        .sum()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
