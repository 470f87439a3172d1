"""double_even_def: v2, doubled where v1 is even, as a def - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def double_even(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def load(path):
    return pd.read_parquet(path, columns=["v2", "v1"])


def query(data):
    return data.apply(double_even, axis=1).to_frame("result")


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
