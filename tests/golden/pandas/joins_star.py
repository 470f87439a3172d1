"""star: id1, id3, value of the inner join with small on id1, id4 and the left join with medium on id1, id2, then number of rows, sum value, count v2 of the left join with big on id1, id3 by id1 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path, small_path, medium_path, big_path):
    data = pd.read_parquet(path, columns=["id1", "id2", "id3", "id4", "v1"])
    small = pd.read_parquet(small_path, columns=["id1", "id4", "v2"])
    medium = pd.read_parquet(medium_path, columns=["id1", "id2"])
    big = pd.read_parquet(big_path, columns=["id1", "id3", "v2"])
    return data, small, medium, big


def query(data, small, medium, big):
    data = data.merge(small, on=["id1", "id4"]).merge(
        medium, on=["id1", "id2"], how="left"
    )
    step_1 = data[["id1", "id3"]].assign(value=data["v1"] * data["v2"])
    return (
        step_1.merge(big, on=["id1", "id3"], how="left")
        .groupby("id1", sort=False)
        .agg(rows=("value", "size"), value=("value", "sum"), matched=("v2", "count"))
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4])))
