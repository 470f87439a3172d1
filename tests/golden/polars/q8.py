"""q8: largest two v3 by id6 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id6", "v3"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .group_by("id6")
        .agg(largest2_v3=pl.col("v3").sort(descending=True).head(2))
        .explode("largest2_v3")
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
