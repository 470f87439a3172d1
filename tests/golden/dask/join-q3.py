"""q3: medium outer on int - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path, medium_path):
    data = dd.from_pandas(
        dd.read_parquet(
            path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
        ).compute(),
        npartitions=8,
        sort=False,
    )
    medium = dd.from_pandas(
        dd.read_parquet(
            medium_path, columns=["id1", "id2", "id4", "id5", "v2"]
        ).compute(),
        npartitions=1,
        sort=False,
    )
    return data, medium


def query(data, medium):
    data = data.merge(medium, on="id2", how="left", suffixes=("", "_right"))
    return data.compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
