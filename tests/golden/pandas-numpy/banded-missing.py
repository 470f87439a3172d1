"""banded: a banded ratio of v3 and v2 - pandas+numpy"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    ratio = data["v3"] / (data["v2"] + 1)
    return pd.DataFrame(
        {
            "result": np.select(
                [
                    data["v3"].isna() | data["v2"].isna() | data["v1"].isna(),
                    ratio > 20,
                    data["v1"] == 1,
                ],
                [np.nan, np.sqrt(ratio), 0.0],
                default=-ratio,
            )
        }
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
