"""cash: the share of cash among sales by card or cash, by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "payment"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(card=data["payment"] == "card", cash=data["payment"] == "cash")
    step_1 = (
        data.groupby("store", sort=False)[["card", "cash"]]
        .sum()
        .reset_index()
        .compute()
    )
    return step_1[["store"]].assign(
        share=step_1["cash"] / (step_1["card"] + step_1["cash"])
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
