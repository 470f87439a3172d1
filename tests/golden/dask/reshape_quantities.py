"""quantities: sales by product, a column for each quantity - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["product", "quantity"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(
        **{
            "1": data["quantity"] == 1,
            "2": data["quantity"] == 2,
            "3": data["quantity"] == 3,
            "4": data["quantity"] == 4,
            "5": data["quantity"] == 5,
            "6": data["quantity"] == 6,
            "7": data["quantity"] == 7,
            "8": data["quantity"] == 8,
            "9": data["quantity"] == 9,
            "10": data["quantity"] == 10,
        }
    )
    return (
        data.groupby("product", sort=False)[
            ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
        ]
        .sum()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
