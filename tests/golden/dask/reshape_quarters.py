"""quarters: the mean rating by quarters of the price - dask"""

import sys

import dask.dataframe as dd
import numpy as np
import pyarrow as pa


def transform(part, quantile_price, quantile_price_2, quantile_price_3):
    return part[["rating"]].assign(
        quarter=np.select(
            [
                part["price"] <= quantile_price,
                part["price"] <= quantile_price_2,
                part["price"] <= quantile_price_3,
                part["price"].notna(),
            ],
            [0, 1, 2, 3],
            default=np.nan,
        )
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["rating", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    quantile_price, quantile_price_2, quantile_price_3 = (
        data["price"].compute().quantile([0.25, 0.5, 0.75])
    )
    data = data.map_partitions(
        transform, quantile_price, quantile_price_2, quantile_price_3
    )
    return (
        data.groupby("quarter", sort=False, dropna=False)
        .agg(sales=("rating", "size"), rating=("rating", "mean"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
