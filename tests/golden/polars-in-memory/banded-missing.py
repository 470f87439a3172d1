"""banded: a banded ratio of v3 and v2 - polars/in-memory"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["v3", "v2", "v1"])


def query(data):
    ratio = (pl.col("v3") / (pl.col("v2") + 1)).fill_nan(None)
    return (
        data.lazy()
        .select(
            pl.when(
                pl.col("v3").is_null() | pl.col("v2").is_null() | pl.col("v1").is_null()
            )
            .then(None)
            .when(ratio > 20)
            .then(ratio.sqrt())
            .when(pl.col("v1") == 1)
            .then(0.0)
            .otherwise(-ratio)
            .alias("result")
        )
        .collect(engine="in-memory")
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
