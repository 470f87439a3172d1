"""last_digits: rows and v1 by the last two characters of id3 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id3", "v1"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data.assign(ending=data["id3"].str[-2:])
    return (
        data.groupby("ending", sort=False)
        .agg(rows=("v1", "size"), v1=("v1", "sum"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
