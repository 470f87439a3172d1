"""after_groups: sum v1, number of rows by id2, then id2, rows, weighted of the left join with medium on id2 - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path, medium_path):
    data = pd.read_parquet(path, columns=["id2", "v1"])
    medium = pd.read_parquet(medium_path, columns=["id2", "v2"])
    return data, medium


def query(data, medium):
    step_1 = (
        data.groupby("id2", sort=False)["v1"]
        .agg(total="sum", rows="size")
        .reset_index()
    )
    step_1 = step_1.merge(medium, on="id2", how="left")
    return (
        step_1[["id2", "rows"]]
        .assign(weighted=step_1["total"] * step_1["v2"])
        .sort_values(["rows", "id2"], ascending=[False, True])
        .head(100)
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
