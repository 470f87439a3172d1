"""q5: big inner on int - pandas"""

import sys

import pandas as pd
import pyarrow as pa

# The default of pandas 3: text in Arrow's memory, not as Python objects.
pd.options.future.infer_string = True


def load(path, big_path):
    data = pd.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    big = pd.read_parquet(
        big_path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"]
    )
    return data, big


def query(data, big):
    return data.merge(big, on="id3", suffixes=("", "_right"))


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
