"""percent_of_total: each product's percent of all revenue - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["product", "quantity", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(revenue=data["quantity"] * data["price"])
    step_1 = (
        data.groupby("product", sort=False)["revenue"].sum().reset_index().compute()
    )
    return step_1[["product"]].assign(
        percent=100 * step_1["revenue"] / step_1["revenue"].sum()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
