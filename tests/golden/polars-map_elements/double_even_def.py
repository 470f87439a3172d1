"""double_even_def: v2, doubled where v1 is even, as a def - polars/map_elements"""

import sys

import polars as pl


def double_even(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def load(path):
    return pl.read_parquet(path, columns=["v2", "v1"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.struct("v2", "v1").map_elements(
                double_even, return_dtype=pl.Int64
            )
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
