"""banded: a banded ratio of v3 and v2 - dask"""

import math
import sys

import dask.dataframe as dd
import pyarrow as pa


def banded(x):
    ratio = x["v3"] / (x["v2"] + 1)
    if ratio > 20:
        return math.sqrt(ratio)  # damp the tail
    elif x["v1"] == 1:
        return 0.0
    return -ratio


def apply(part):
    return part.apply(banded, axis=1, result_type="reduce").to_frame("result")


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["v3", "v2", "v1"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    return data.map_partitions(apply, meta={"result": "f8"}).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
