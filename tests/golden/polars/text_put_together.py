"""put_together: v3 by a key of three texts - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["id1", "id4", "id2", "v3"])


def query(data):
    return (
        data.lazy()
        .with_columns(
            key=pl.col("id1").str.to_uppercase()
            + "/"
            + pl.col("id4").cast(pl.String)
            + "-"
            + pl.col("id2").str.replace_all("id", "", literal=True)
        )
        .group_by("key")
        .agg(pl.sum("v3"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
