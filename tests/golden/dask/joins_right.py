"""right: number of rows, count v1, sum v2 of the right join with big on id3 - dask"""

import sys

import dask
import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def load(path, big_path):
    data = dd.from_pandas(
        dd.read_parquet(path, columns=["id3", "v1"]).compute(),
        npartitions=8,
        sort=False,
    )
    big = dd.from_pandas(
        dd.read_parquet(big_path, columns=["id3", "v2"]).compute(),
        npartitions=1,
        sort=False,
    )
    return data, big


def query(data, big):
    data = data.merge(big, on="id3", how="right")
    return pd.DataFrame(
        [dask.compute(data.index.size, data["v1"].count(), data["v2"].sum())],
        columns=["rows", "v1", "v2"],
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
