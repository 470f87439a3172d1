"""q8: largest two v3 by id6 - polars/scan"""

import sys

import polars as pl


def load(path):
    return path


def query(path):
    data = pl.scan_parquet(path)
    return (
        data.group_by("id6")
        .agg(largest2_v3=pl.col("v3").sort(descending=True).head(2))
        .explode("largest2_v3")
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
