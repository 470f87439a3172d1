"""largest_of_group: the three largest prices by store - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def largest(part):
    return (
        part.sort_values("price", ascending=False).groupby("store", sort=False).head(3)
    )


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["store", "price"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return data.reduction(chunk=largest, aggregate=largest).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
