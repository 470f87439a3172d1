"""names: number of rows, mean v2 of the inner join with medium on id3 = id2 by id1 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path, medium_path):
    data = pd.read_parquet(path, columns=["id1", "id2", "id3"])
    medium = pd.read_parquet(medium_path, columns=["id2", "v2"])
    return data, medium


def query(data, medium):
    return (
        data.merge(medium, left_on="id3", right_on="id2", suffixes=("", "_right"))
        .groupby("id1", sort=False)["v2"]
        .agg(rows="size", v2="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
