"""q9: square of the correlation of v1 and v2 by id2 and id4 - modin/mpi"""

import os
import sys

import modin.pandas as pd
import numpy as np
import pyarrow as pa
import unidist
from modin.config import Engine
from unidist.config import Backend

Engine.put("unidist")
Backend.put("mpi")
# The default of pandas 3, in the workers too: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True
os.environ["PANDAS_FUTURE_INFER_STRING"] = "1"


def start():
    return unidist.init()


def load(path):
    return pd.read_parquet(path, columns=["id2", "id4", "v1", "v2"])


def query(data):
    data = data.assign(
        v1_paired=data["v1"].where(data["v2"].notna()),
        v2_paired=data["v2"].where(data["v1"].notna()),
    )
    data = data.assign(
        v1_paired_v2_paired=data["v1_paired"] * data["v2_paired"],
        v1_paired_v1_paired=data["v1_paired"] * data["v1_paired"],
        v2_paired_v2_paired=data["v2_paired"] * data["v2_paired"],
    )
    answer = (
        data.groupby(["id2", "id4"], sort=False, dropna=False)
        .agg(
            count_v1_paired=("v1_paired", "count"),
            sum_v1_paired_v2_paired=("v1_paired_v2_paired", "sum"),
            sum_v1_paired=("v1_paired", "sum"),
            sum_v2_paired=("v2_paired", "sum"),
            sum_v1_paired_v1_paired=("v1_paired_v1_paired", "sum"),
            sum_v2_paired_v2_paired=("v2_paired_v2_paired", "sum"),
        )
        .reset_index()
        .modin.to_pandas()
    )
    covariance = (
        answer["count_v1_paired"] * answer["sum_v1_paired_v2_paired"]
        - answer["sum_v1_paired"] * answer["sum_v2_paired"]
    )
    variance_v1 = (
        answer["count_v1_paired"] * answer["sum_v1_paired_v1_paired"]
        - answer["sum_v1_paired"] * answer["sum_v1_paired"]
    )
    variance_v2 = (
        answer["count_v1_paired"] * answer["sum_v2_paired_v2_paired"]
        - answer["sum_v2_paired"] * answer["sum_v2_paired"]
    )
    answer["r2"] = (covariance / np.sqrt(variance_v1 * variance_v2)) ** 2
    return answer[["id2", "id4", "r2"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    started = start()
    print(query(load(sys.argv[1])))
