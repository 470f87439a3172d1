"""q9: square of the correlation of v1 and v2 by id2 and id4 - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path):
    return pd.read_parquet(path, columns=["id2", "id4", "v1", "v2"])


def query(data):
    data = data.assign(
        v1_v2=data["v1"] * data["v2"],
        v1_v1=data["v1"] * data["v1"],
        v2_v2=data["v2"] * data["v2"],
    )
    answer = (
        data.groupby(["id2", "id4"], sort=False)
        .agg(
            size=("v1_v2", "size"),
            sum_v1_v2=("v1_v2", "sum"),
            sum_v1=("v1", "sum"),
            sum_v2=("v2", "sum"),
            sum_v1_v1=("v1_v1", "sum"),
            sum_v2_v2=("v2_v2", "sum"),
        )
        .reset_index()
    )
    covariance = (
        answer["size"] * answer["sum_v1_v2"] - answer["sum_v1"] * answer["sum_v2"]
    )
    variance_v1 = (
        answer["size"] * answer["sum_v1_v1"] - answer["sum_v1"] * answer["sum_v1"]
    )
    variance_v2 = (
        answer["size"] * answer["sum_v2_v2"] - answer["sum_v2"] * answer["sum_v2"]
    )
    answer["r2"] = (covariance / (variance_v1**0.5 * variance_v2**0.5)) ** 2
    return answer[["id2", "id4", "r2"]]


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
