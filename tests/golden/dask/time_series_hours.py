"""hours: number of rows, sum quantity by hour - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["sold_at", "quantity"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(hour=data["sold_at"].dt.floor("h"))
    return (
        data.groupby("hour", sort=False)
        .agg(rows=("quantity", "size"), quantity=("quantity", "sum"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
