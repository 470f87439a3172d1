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
        quantity_2=data["quantity"] == 1,
        quantity_3=data["quantity"] == 2,
        quantity_4=data["quantity"] == 3,
        quantity_5=data["quantity"] == 4,
        quantity_6=data["quantity"] == 5,
        quantity_7=data["quantity"] == 6,
        quantity_8=data["quantity"] == 7,
        quantity_9=data["quantity"] == 8,
        quantity_10=data["quantity"] == 9,
        quantity_11=data["quantity"] == 10,
    )
    return (
        data.groupby("product", sort=False)
        .agg(
            **{
                "1": ("quantity_2", "sum"),
                "2": ("quantity_3", "sum"),
                "3": ("quantity_4", "sum"),
                "4": ("quantity_5", "sum"),
                "5": ("quantity_6", "sum"),
                "6": ("quantity_7", "sum"),
                "7": ("quantity_8", "sum"),
                "8": ("quantity_9", "sum"),
                "9": ("quantity_10", "sum"),
                "10": ("quantity_11", "sum"),
            }
        )
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
