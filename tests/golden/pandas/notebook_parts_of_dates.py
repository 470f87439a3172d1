"""parts_of_dates: rows by weekday and hour - pandas"""

import sys

import pandas as pd
import pyarrow as pa


def load(path):
    return pd.read_parquet(path, columns=["sold_at", "price"])


def query(data):
    return (
        data.assign(
            weekday=data["sold_at"].dt.day_of_week, hour=data["sold_at"].dt.hour
        )
        .groupby(["weekday", "hour"], sort=False)["price"]
        .agg(rows="size", price="mean")
        .reset_index()
    )


def rows(answer):
    return pa.Table.from_pandas(answer, preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
