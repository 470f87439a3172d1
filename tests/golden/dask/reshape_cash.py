"""cash: the share of cash among sales by card or cash, by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def prepare(part):
    return part.assign(
        payment_2=(part["payment"] == "card")
        .astype("boolean")
        .mask(part["payment"].isna()),
        payment_3=(part["payment"] == "cash")
        .astype("boolean")
        .mask(part["payment"].isna()),
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "payment"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.map_partitions(prepare, meta=prepare(data._meta))
    step_1 = (
        data.groupby("store", sort=False)
        .agg(card=("payment_2", "sum"), cash=("payment_3", "sum"))
        .reset_index()
        .compute()
    )
    step_1 = step_1.assign(share=step_1["cash"] / (step_1["card"] + step_1["cash"]))
    return step_1[["store", "share"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
