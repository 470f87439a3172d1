"""crosstab: how many sales of each class of the price have which rating - dask"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def prepare(part):
    return part.assign(
        **{
            "class": pd.cut(
                part["price"],
                [0, 25, 50, 75, 100],
                labels=["(0, 25]", "(25, 50]", "(50, 75]", "(75, 100]"],
            ).astype("string[pyarrow]"),
            "1": part["rating"] == 1,
            "2": part["rating"] == 2,
            "3": part["rating"] == 3,
            "4": part["rating"] == 4,
            "5": part["rating"] == 5,
        }
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["price", "rating"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.map_partitions(prepare)
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
