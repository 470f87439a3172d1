"""looked_up: v2 by a region of the last character of id1 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id1", "v2"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            region=pl.col("id1")
            .str.tail(1)
            .replace_strict(
                {"1": "north", "2": "north", "3": "south"}, default="elsewhere"
            )
        )
        .group_by("region")
        .agg(pl.mean("v2"), rows=pl.len())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
