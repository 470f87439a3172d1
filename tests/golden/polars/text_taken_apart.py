"""taken_apart: v1 by the last part between separators - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id1", "id2", "v1", "id3"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            part=(pl.col("id1") + "." + pl.col("id2")).str.split(".").list.last()
        )
        .group_by("part")
        .agg(
            pl.sum("v1"), characters=pl.col("id3").str.len_chars().cast(pl.Int64).sum()
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
