"""hours: number of rows, sum quantity by hour - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["sold_at", "quantity"])


def query(data):
    return (
        data.lazy()
        .with_columns(hour=pl.col("sold_at").dt.truncate("1h"))
        .group_by("hour")
        .agg(rows=pl.len(), quantity=pl.sum("quantity"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
