"""double_even: v2, doubled where v1 is even - daft"""

import sys

import daft
from daft import col
from daft.functions import when


def load(path):
    return daft.read_parquet(path).select("v1", "v2").collect()


def query(data):
    return data.select(
        when(col("v1") % 2 == 0, 2 * col("v2")).otherwise(col("v2")).alias("result")
    ).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
