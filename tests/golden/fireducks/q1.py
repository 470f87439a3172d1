"""q1: sum v1 by id1 - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["id1", "v1"])._evaluate()


def query(data):
    return data.groupby("id1", as_index=False, sort=False)["v1"].sum()._evaluate()


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
