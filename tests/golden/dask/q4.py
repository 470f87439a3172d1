"""q4: mean v1, v2 and v3 by id4 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id4", "v1", "v2", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return (
        data.groupby("id4", sort=False)[["v1", "v2", "v3"]]
        .mean()
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
