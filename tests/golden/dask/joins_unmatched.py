"""unmatched: number of rows, sum v1 of the anti join with big on id3 by id1 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path, big_path):
    data = dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id3", "v1"]).compute(),
        npartitions=8,
        sort=False,
    )
    big = dd.from_pandas(
        dd.read_parquet(big_path, columns=["id3"]).compute(), npartitions=1, sort=False
    )
    return data, big


def query(data, big):
    data = data[~data["id3"].isin(big.compute()["id3"])]
    return (
        data.groupby("id1", sort=False)
        .agg(rows=("v1", "size"), v1=("v1", "sum"))
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
