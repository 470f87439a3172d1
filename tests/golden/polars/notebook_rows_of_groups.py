"""rows_of_groups: rows, ratings and their mean by store and payment - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["store", "payment", "rating"])


def query(data):
    return (
        data.lazy()
        .group_by("store", "payment")
        .agg(rows=pl.len(), ratings=pl.count("rating"), rating=pl.mean("rating"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
