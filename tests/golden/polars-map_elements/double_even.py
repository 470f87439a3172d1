"""double_even: v2, doubled where v1 is even - polars/map_elements"""

import sys

import polars as pl


def result(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def load(path):
    return pl.read_parquet(path, columns=["v1", "v2"])


def query(data):
    return (
        data.lazy()
        .select(
            result=pl.struct("v1", "v2").map_elements(result, return_dtype=pl.Int64)
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
