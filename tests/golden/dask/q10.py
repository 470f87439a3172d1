"""q10: sum v3 and number of rows by id1 to id6 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(
            path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v3"]
        ).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return (
        data.groupby(["id1", "id2", "id3", "id4", "id5", "id6"], sort=False)
        .agg(v3=("v3", "sum"), count=("v3", "size"), split_out=1)
        .reset_index()
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
