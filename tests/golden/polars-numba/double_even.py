"""double_even: v2, doubled where v1 is even - polars/numba"""

import sys

import polars as pl
from numba import guvectorize


@guvectorize(["void(int64[:], int64[:], int64[:])"], "(n),(n)->(n)")
def result(v1, v2, output):
    for i in range(len(v1)):
        if v1[i] % 2 == 0:
            output[i] = 2 * v2[i]
        else:
            output[i] = v2[i]


def load(path):
    return pl.read_parquet(path, columns=["v1", "v2"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.map_batches(
                ["v1", "v2"], lambda columns: result(*columns), return_dtype=pl.Int64
            )
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
