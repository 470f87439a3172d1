"""q5: big inner on int - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path, big_path):
    data = pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )._evaluate()
    big = pd.read_parquet(
        big_path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"]
    )._evaluate()
    return data, big


def query(data, big):
    return data.merge(big, on="id3", suffixes=("", "_right"))._evaluate()


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
