"""last_digits: rows and v1 by the last two characters of id3 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id3", "v1"])


def query(data):
    return (
        data.lazy()
        .with_columns(ending=pl.col("id3").str.tail(2))
        .group_by("ending")
        .agg(rows=pl.len(), v1=pl.sum("v1"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
