"""q1: small inner on int - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path, small_path):
    data = dd.from_pandas(
        dd.read_parquet(
            path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
        ).compute(),
        npartitions=8,
        sort=False,
    )
    small = dd.from_pandas(
        dd.read_parquet(small_path, columns=["id1", "id4", "v2"]).compute(),
        npartitions=1,
        sort=False,
    )
    return data, small


def query(data, small):
    data = data.merge(small, on="id1", suffixes=("", "_right"))
    return data.compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
