"""q4: mean v1, v2 and v3 by id4 - daft"""

import sys

import daft
from daft import col


def load(path):
    return daft.read_parquet(path).select("id4", "v1", "v2", "v3").collect()


def query(data):
    return (
        data.groupby("id4")
        .agg(col("v1").mean(), col("v2").mean(), col("v3").mean())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
