"""long: price, quantity, discount and rating as rows - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(
            path,
            columns=["store", "sold_at", "price", "quantity", "discount", "rating"],
        ).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return data.melt(
        id_vars=["store", "sold_at"],
        value_vars=["price", "quantity", "discount", "rating"],
        var_name="measure",
    ).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
