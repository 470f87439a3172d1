"""q8: largest two v3 by id6 - polars/in-memory"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id6", "v3"])


def query(data):
    return (
        data.lazy()
        .filter(pl.col("v3").is_not_null())
        .group_by("id6")
        .agg(pl.col("v3").sort(descending=True).head(2).alias("largest2_v3"))
        .explode("largest2_v3")
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
