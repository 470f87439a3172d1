"""found: rows whose id3 ends with 7 and a digit, by id1 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id1", "id3", "v3"])


def query(data):
    return (
        data.lazy()
        .filter(pl.col("id3").str.contains("7[0-9]$"))
        .group_by("id1")
        .agg(rows=pl.len(), v3=pl.mean("v3"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
