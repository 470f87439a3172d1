"""q10: sum v3 and number of rows by id1 to id6 - polars/scan"""

import sys

import polars as pl


def load(path):
    return path


def query(path):
    data = pl.scan_parquet(path)
    return (
        data.group_by("id1", "id2", "id3", "id4", "id5", "id6")
        .agg(pl.sum("v3"), count=pl.len())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
