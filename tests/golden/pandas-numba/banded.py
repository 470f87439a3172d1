"""banded: a banded ratio of v3 and v2 - pandas+numba"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit, prange


@njit(parallel=True, error_model="numpy")
def banded(v3, v2, v1):
    output = np.empty(len(v3))
    for i in prange(len(v3)):
        ratio = v3[i] / (v2[i] + 1)
        if ratio > 20:
            output[i] = np.sqrt(ratio)
        elif v1[i] == 1:
            output[i] = 0.0
        else:
            output[i] = -ratio
    return output


def load(path):
    return pd.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    return pd.DataFrame(
        {
            "result": banded(
                data["v3"].to_numpy(), data["v2"].to_numpy(), data["v1"].to_numpy()
            )
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
