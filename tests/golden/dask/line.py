"""line: slope and intercept of v3 over v2, by id4 - dask"""

import sys

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa


def line(v2, v3):
    dx = v2 - v2.mean()
    slope = (dx * v3).sum() / (dx**2).sum()
    return slope, v3.mean() - slope * v2.mean()


def apply(part):
    answers = [
        (key, *line(group["v2"].to_numpy(), group["v3"].to_numpy()))
        for key, group in part.groupby("id4", sort=False)
    ]
    return pd.DataFrame(answers, columns=["id4", "slope", "intercept"])


def load(path):
    return dd.from_pandas(
        dd.read_parquet(path, columns=["id4", "v2", "v3"]).compute(),
        npartitions=8,
        sort=False,
    )


def query(data):
    # Only this shuffle keeps the order of a group's rows.
    data = data.shuffle("id4", shuffle_method="tasks")
    return data.map_partitions(
        apply, meta={"id4": "i8", "slope": "f8", "intercept": "f8"}
    ).compute()


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
