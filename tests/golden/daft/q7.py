"""q7: max v1 - min v2 by id3 - daft"""

import sys

import daft
from daft import col


def load(path):
    return daft.read_parquet(path).select("id3", "v1", "v2").collect()


def query(data):
    return (
        data.groupby("id3")
        .agg((col("v1").max() - col("v2").min()).alias("range_v1_v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
