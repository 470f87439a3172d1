"""q6: median v3 and sd v3 by id4 and id5 - polars/scan"""

import sys

import polars as pl


def load(path):
    return path


def query(path):
    data = pl.scan_parquet(path)
    return (
        data.group_by("id4", "id5")
        .agg(median_v3=pl.median("v3"), sd_v3=pl.std("v3"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
