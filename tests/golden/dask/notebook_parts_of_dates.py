"""parts_of_dates: rows by weekday and hour - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["sold_at", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        weekday=data["sold_at"].dt.day_of_week, hour=data["sold_at"].dt.hour
    )
    return (
        data.groupby(["weekday", "hour"], sort=False)
        .agg(rows=("price", "size"), price=("price", "mean"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
