"""found: rows whose id3 ends with 7 and a digit, by id1 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id3", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    data = data[data["id3"].str.contains("7[0-9]$")]
    return (
        data.groupby("id1", sort=False)
        .agg(rows=("v3", "size"), v3=("v3", "mean"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
