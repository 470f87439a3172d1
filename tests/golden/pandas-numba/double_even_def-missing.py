"""double_even_def: v2, doubled where v1 is even, as a def - pandas+numba"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit, prange


@njit(parallel=True, error_model="numpy")
def double_even(v1, v2):
    output = np.empty(len(v1))
    for i in prange(len(v1)):
        if np.isnan(v1[i]):
            output[i] = np.nan
        elif v1[i] % 2 == 0:
            output[i] = 2 * v2[i]
        else:
            output[i] = v2[i]
    return output


def load(path):
    return pd.read_parquet(path, columns=["v2", "v1"])


def query(data):
    return pd.DataFrame(
        {"result": double_even(data["v1"].to_numpy(), data["v2"].to_numpy())}
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
