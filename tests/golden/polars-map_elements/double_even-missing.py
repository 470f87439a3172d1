"""double_even: v2, doubled where v1 is even - polars/map_elements"""

import sys

import polars as pl


def result(x):
    return 2 * x["v2"] if x["v1"] % 2 == 0 else x["v2"]


def apply(row):
    """Call the function on one row."""
    if row["v1"] is None or row["v2"] is None:
        return None
    return result(row)


def load(path):
    return pl.read_parquet(path, columns=["v1", "v2"])


def query(data):
    return (
        data.lazy()
        .select(
            pl.struct("v1", "v2")
            .map_elements(apply, return_dtype=pl.Int64)
            .alias("result")
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
