"""q1: small inner on int - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path, small_path):
    data = pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )._evaluate()
    small = pd.read_parquet(small_path, columns=["id1", "id4", "v2"])._evaluate()
    return data, small


def query(data, small):
    return data.merge(small, on="id1", suffixes=("", "_right"))._evaluate()


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
