"""banded: a banded ratio of v3 and v2 - polars/numba"""

import sys

import numpy as np
import polars as pl
from numba import guvectorize


@guvectorize(["void(float64[:], int64[:], int64[:], float64[:])"], "(n),(n),(n)->(n)")
def banded(v3, v2, v1, output):
    for i in range(len(v3)):
        ratio = v3[i] / (v2[i] + 1)
        if ratio > 20:
            output[i] = np.sqrt(ratio)
        elif v1[i] == 1:
            output[i] = 0.0
        else:
            output[i] = -ratio


def load(path):
    return pl.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.map_batches(
                ["v3", "v2", "v1"],
                lambda columns: banded(*columns),
                return_dtype=pl.Float64,
            )
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
