"""double_even: v2, doubled where v1 is even - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["v1", "v2"]).compute(), npartitions=8, sort=False
    )


def query(data):
    return (
        (2 * data["v2"])
        .where(data["v1"] % 2 == 0, data["v2"])
        .to_frame("result")
        .compute()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
