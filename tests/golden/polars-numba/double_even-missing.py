"""double_even: v2, doubled where v1 is even - polars/numba"""

import sys

import numpy as np
import polars as pl
from numba import guvectorize


@guvectorize(["void(float64[:], float64[:], float64[:])"], "(n),(n)->(n)")
def result(v1, v2, output):
    for i in range(len(v1)):
        if np.isnan(v1[i]):
            output[i] = np.nan
        elif v1[i] % 2 == 0:
            output[i] = 2 * v2[i]
        else:
            output[i] = v2[i]


def load(path):
    return pl.read_parquet(path, columns=["v1", "v2"])


def query(data):
    return (
        data.lazy()
        .select(
            pl.map_batches(
                ["v1", "v2"],
                lambda columns: pl.Series(
                    result(*[column.to_numpy() for column in columns])
                ),
                return_dtype=pl.Float64,
            ).alias("result")
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
