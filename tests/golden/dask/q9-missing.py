"""q9: square of the correlation of v1 and v2 by id2 and id4 - dask"""

import sys

import dask.dataframe as dd
import numpy as np
import pyarrow as pa


def prepare(part):
    part = part.assign(
        v1_paired=part["v1"].where(part["v2"].notna()),
        v2_paired=part["v2"].where(part["v1"].notna()),
    )
    return part.assign(
        v1_paired_v2_paired=part["v1_paired"] * part["v2_paired"],
        v1_paired_v1_paired=part["v1_paired"] * part["v1_paired"],
        v2_paired_v2_paired=part["v2_paired"] * part["v2_paired"],
    )


def load(path):
    return (
        dd.read_parquet(path, columns=["id2", "id4", "v1", "v2"])
        .repartition(npartitions=8)
        .persist()
    )


def query(data):
    data = data.map_partitions(prepare)
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
        .compute()
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
    print(query(load(sys.argv[1])))
