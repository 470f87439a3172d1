"""matched: number of rows, sum v1 of the semi join with big on id3 by id1 - polars"""

import sys

import polars as pl


def load(path, big_path):
    data = pl.read_parquet(path, columns=["id1", "id3", "v1"])
    big = pl.read_parquet(big_path, columns=["id3"])
    return data, big


def query(data, big):
    return (
        data.lazy()
        .join(big.lazy(), on="id3", how="semi")
        .group_by("id1")
        .agg(rows=pl.len(), v1=pl.sum("v1"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
