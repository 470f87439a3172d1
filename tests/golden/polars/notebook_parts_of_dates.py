"""parts_of_dates: rows by weekday and hour - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["sold_at", "price"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            weekday=pl.col("sold_at").dt.weekday() - 1, hour=pl.col("sold_at").dt.hour()
        )
        .group_by("weekday", "hour")
        .agg(rows=pl.len(), price=pl.mean("price"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
