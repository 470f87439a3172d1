"""right: number of rows, count v1, sum v2 of the right join with big on id3 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path, big_path):
    data = pd.read_parquet(path, columns=["id3", "v1"])
    big = pd.read_parquet(big_path, columns=["id3", "v2"])
    return data, big


def query(data, big):
    data = data.merge(big, on="id3", how="right")
    return pd.DataFrame(
        {"rows": [len(data)], "v1": [data["v1"].count()], "v2": [data["v2"].sum()]}
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
