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
        payment_rating=data["rating"].where(data["payment"] == "card"),
        payment_rating_2=data["rating"].where(data["payment"] == "cash"),
        payment_rating_3=data["rating"].where(data["payment"] == "invoice"),
        payment_rating_4=data["rating"].where(data["payment"] == "voucher"),
    )
    return (
        data.groupby(["year", "month"], sort=False)
        .agg(
            card=("payment_rating", "mean"),
            cash=("payment_rating_2", "mean"),
            invoice=("payment_rating_3", "mean"),
            voucher=("payment_rating_4", "mean"),
        )
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
