"""share_with_a_seven: share of id3 with a 7, by id2 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id2", "id3"])


def query(data):
    return (
        data.lazy()
        .group_by("id2")
        .agg(
            share=pl.col("id3").str.contains("7", literal=True).mean(),
            sevens=pl.col("id3").str.ends_with("7").sum(),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
