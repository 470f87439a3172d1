"""q3: medium outer on int - fireducks"""

import sys

import fireducks.pandas as pd
import pyarrow as pa


def load(path, medium_path):
    data = pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )._evaluate()
    medium = pd.read_parquet(
        medium_path, columns=["id1", "id2", "id4", "id5", "v2"]
    )._evaluate()
    return data, medium


def query(data, medium):
    return data.merge(medium, on="id2", how="left", suffixes=("", "_right"))._evaluate()


def rows(answer):
    return pa.Table.from_pandas(answer.to_pandas(), preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
