"""right: number of rows, count v1, sum v2 of the right join with big on id3 - polars"""

import sys

import polars as pl


def load(path, big_path):
    data = pl.read_parquet(path, columns=["id3", "v1"])
    big = pl.read_parquet(big_path, columns=["id3", "v2"])
    return data, big


def query(data, big):
    return (
        data.lazy()
        .join(big.lazy(), on="id3", how="right")
        .select(rows=pl.len(), v1=pl.count("v1"), v2=pl.sum("v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
