"""q1: sum v1 by id1 - daft"""

import sys

import daft
from daft import col


def load(path):
    return daft.read_parquet(path).select("id1", "v1").collect()


def query(data):
    return data.groupby("id1").agg(col("v1").sum()).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
