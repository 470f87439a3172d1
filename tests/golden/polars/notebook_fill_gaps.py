"""fill_gaps: discount by product, none where it is missing - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["product", "discount"])


def query(data):
    return (
        data.lazy()
        .group_by("product")
        .agg(pl.col("discount").fill_null(0).mean())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
