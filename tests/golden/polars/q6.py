"""q6: median v3 and sd v3 by id4 and id5 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id4", "id5", "v3"])


def query(data):
    # This needs whole groups, which the streaming engine would first gather.
    return (
        data.lazy()
        .group_by("id4", "id5")
        .agg(median_v3=pl.median("v3"), sd_v3=pl.std("v3"))
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
