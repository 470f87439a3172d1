"""measures: how many values each measure has, and their mean, by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(
            path, columns=["store", "price", "quantity", "discount", "rating"]
        ).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.melt(
        id_vars="store",
        value_vars=["price", "quantity", "discount", "rating"],
        var_name="measure",
    )
    return (
        data.groupby(["store", "measure"], sort=False)
        .agg(values=("value", "count"), mean=("value", "mean"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
