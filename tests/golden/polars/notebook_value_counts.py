"""value_counts: the ten most frequent codes and their quantity - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["code", "quantity"])


def query(data):
    return (
        data.lazy()
        .group_by("code")
        .agg(rows=pl.len(), quantity=pl.sum("quantity"))
        .sort("rows", "code", descending=[True, False])
        .head(10)
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
