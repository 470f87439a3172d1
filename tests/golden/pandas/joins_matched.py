"""matched: number of rows, sum v1 of the semi join with big on id3 by id1 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path, big_path):
    data = pd.read_parquet(path, columns=["id1", "id3", "v1"])
    big = pd.read_parquet(big_path, columns=["id3"])
    return data, big


def query(data, big):
    return (
        data[data["id3"].isin(big["id3"])]
        .groupby("id1", sort=False)["v1"]
        .agg(rows="size", v1="sum")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
