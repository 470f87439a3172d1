"""q2: sum v1 by id1 and id2 - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id1", "id2", "v1"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return data.groupby(["id1", "id2"], sort=False)["v1"].sum().reset_index().compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
