"""double_even_def: v2, doubled where v1 is even, as a def - dask"""

import sys

import dask.dataframe as dd
import pyarrow as pa


def double_even(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def apply(part):
    return part.apply(double_even, axis=1, result_type="reduce").to_frame("result")


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["v2", "v1"]).compute(), npartitions=8, sort=False
    )


def query(data):
    return data.map_partitions(apply, meta={"result": "i8"}).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
