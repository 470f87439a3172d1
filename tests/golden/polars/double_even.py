"""double_even: v2, doubled where v1 is even - polars"""

import sys

import polars as pl


def load(path):
    return pl.read_parquet(path, columns=["v1", "v2"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.when(pl.col("v1") % 2 == 0)
            .then(2 * pl.col("v2"))
            .otherwise(pl.col("v2"))
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
