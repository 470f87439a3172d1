"""ratings: the mean rating by year and month, a column for each payment - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["sold_at", "payment", "rating"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        year=data["sold_at"].dt.year,
        month=data["sold_at"].dt.month,
        card=data["rating"].where(data["payment"] == "card"),
        cash=data["rating"].where(data["payment"] == "cash"),
        invoice=data["rating"].where(data["payment"] == "invoice"),
        voucher=data["rating"].where(data["payment"] == "voucher"),
    )
    return (
        data.groupby(["year", "month"], sort=False)[
            ["card", "cash", "invoice", "voucher"]
        ]
        .mean()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
