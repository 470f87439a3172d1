"""widths: the distribution of prices in ten bins of equal width - dask"""

import sys

import dask
import dask.dataframe as dd
import numpy as np
import pyarrow as pa


def transform(part, min_price, max_price):
    return part[[]].assign(
        bin=np.select(
            [
                part["price"] <= min_price + (max_price - min_price) / 10,
                part["price"] <= min_price + (max_price - min_price) * 2 / 10,
                part["price"] <= min_price + (max_price - min_price) * 3 / 10,
                part["price"] <= min_price + (max_price - min_price) * 4 / 10,
                part["price"] <= min_price + (max_price - min_price) * 5 / 10,
                part["price"] <= min_price + (max_price - min_price) * 6 / 10,
                part["price"] <= min_price + (max_price - min_price) * 7 / 10,
                part["price"] <= min_price + (max_price - min_price) * 8 / 10,
                part["price"] <= min_price + (max_price - min_price) * 9 / 10,
                part["price"].notna(),
            ],
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
            default=np.nan,
        )
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["price"]).compute(), npartitions=8, sort=False
    )


def query(data):
    min_price, max_price = dask.compute(data["price"].min(), data["price"].max())
    data = data.map_partitions(transform, min_price, max_price)
    return (
        data.groupby("bin", sort=False, dropna=False)
        .agg(sales=("bin", "size"))
        .reset_index()
        .compute()
        .sort_values("bin")
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
