"""double_even: v2, doubled where v1 is even - pandas"""

import sys

import numpy as np
import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["v1", "v2"])


def query(data):
    return pd.DataFrame(
        {"result": np.where(data["v1"] % 2 == 0, 2 * data["v2"], data["v2"])}
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
