"""number_in_text: the mean number in id3 by id1 - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id1", "id3"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            number=pl.col("id3").str.extract("[0-9]+", 0).str.to_integer(strict=False)
        )
        .group_by("id1")
        .agg(pl.mean("number"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
