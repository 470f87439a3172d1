"""q9: square of the correlation of v1 and v2 by id2 and id4 - pandas+numba"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


@njit
def corr(group, x, y, groups):
    """Correlate x and y in each group by Welford's updates, in one pass."""
    n = np.zeros(groups)
    mean_x, mean_y = np.zeros(groups), np.zeros(groups)
    xx, yy, xy = np.zeros(groups), np.zeros(groups), np.zeros(groups)
    for i in range(len(group)):
        g = group[i]
        n[g] += 1
        dx, dy = x[i] - mean_x[g], y[i] - mean_y[g]
        mean_x[g] += dx / n[g]
        mean_y[g] += dy / n[g]
        xx[g] += dx * (x[i] - mean_x[g])
        yy[g] += dy * (y[i] - mean_y[g])
        xy[g] += dx * (y[i] - mean_y[g])
    return xy / np.sqrt(xx * yy)


def load(path):
    return pd.read_parquet(path, columns=["id2", "id4", "v1", "v2"])


def query(data):
    first, firsts = pd.factorize(data["id2"])
    second, seconds = pd.factorize(data["id4"])
    group, pairs = pd.factorize(first * len(seconds) + second)
    return pd.DataFrame(
        {
            "id2": firsts[pairs // len(seconds)],
            "id4": seconds[pairs % len(seconds)],
            "r2": corr(group, data["v1"].to_numpy(), data["v2"].to_numpy(), len(pairs))
            ** 2,
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
