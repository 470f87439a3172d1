"""double_even: v2, doubled where v1 is even - pandas/scan"""

import sys

import pandas as pd
import pyarrow as pa


def result(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def load(path):
    return path


def query(path):
    data = pd.read_parquet(path, columns=["v1", "v2"])
    return pd.DataFrame({"result": data.apply(result, axis=1)})


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
