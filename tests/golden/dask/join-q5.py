"""q5: big inner on int - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path, big_path):
    data = dd.from_pandas(
        dd.read_parquet(
            path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
        ).compute(),
        npartitions=8,
        sort=False,
    )
    big = dd.from_pandas(
        dd.read_parquet(
            big_path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"]
        ).compute(),
        npartitions=1,
        sort=False,
    )
    return data, big


def query(data, big):
    data = data.merge(big, on="id3", suffixes=("", "_right"))
    return data.compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
