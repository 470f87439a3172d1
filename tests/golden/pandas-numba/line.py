"""line: slope and intercept of v3 over v2, by id4 - pandas+numba"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa
from numba import njit, prange


def line(v2, v3):
    dx = v2 - v2.mean()
    slope = (dx * v3).sum() / (dx**2).sum()
    return slope, v3.mean() - slope * v2.mean()


line = njit(error_model="numpy")(line)


@njit
def sort_groups(group, starts):
    """Return the rows' numbers, those of each group together, in one pass."""
    order, place = np.empty_like(group), starts[:-1].copy()
    for i in range(len(group)):
        order[place[group[i]]] = i
        place[group[i]] += 1
    return order


@njit(parallel=True)
def each_group(starts, v2, v3):
    """Call the function on each group's slices; each pass writes a row of its own."""
    output = np.empty((len(starts) - 1, 2))
    for i in prange(len(starts) - 1):
        output[i, 0], output[i, 1] = line(
            v2[starts[i] : starts[i + 1]], v3[starts[i] : starts[i + 1]]
        )
    return output


def load(path):
    return pd.read_parquet(path, columns=["id4", "v2", "v3"])


def query(data):
    group = data.groupby("id4", sort=False).ngroup().to_numpy()
    starts = np.append(0, np.bincount(group).cumsum())
    order = sort_groups(group, starts)
    output = each_group(
        starts, data["v2"].to_numpy()[order], data["v3"].to_numpy()[order]
    )
    return (
        data[["id4"]]
        .iloc[order[starts[:-1]]]
        .assign(slope=output[:, 0], intercept=output[:, 1])
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
