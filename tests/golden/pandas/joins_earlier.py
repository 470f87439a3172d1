"""earlier: number of rows, count v2 of the as-of join with medium on id1, id3 = id2 by id1 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path, medium_path):
    data = pd.read_parquet(path, columns=["id1", "id2", "id3"])
    medium = pd.read_parquet(medium_path, columns=["id1", "id2", "v2"])
    return data, medium


def query(data, medium):
    return (
        pd.merge_asof(
            data.sort_values("id3"),
            medium.sort_values("id2", kind="stable"),
            left_on="id3",
            right_on="id2",
            by="id1",
            tolerance=100,
            suffixes=("", "_right"),
        )
        .groupby("id1", sort=False)["v2"]
        .agg(rows="size", matched="count")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
