"""rows_of_groups: rows, ratings and their mean by store and payment - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "payment", "rating"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return (
        data.groupby(["store", "payment"], sort=False, dropna=False)
        .agg(
            rows=("rating", "size"),
            ratings=("rating", "count"),
            rating=("rating", "mean"),
        )
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
