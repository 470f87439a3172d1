"""by_month: revenue by month - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["sold_at", "quantity", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        month=data["sold_at"].dt.to_period("M").dt.to_timestamp(),
        revenue=data["quantity"] * data["price"],
    )
    return data.groupby("month", sort=False)["revenue"].sum().reset_index().compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
