"""q3: sum v1 and mean v3 by id3 - daft"""

import sys

import daft
from daft import col


def load(path):
    return daft.read_parquet(path).select("id3", "v1", "v3").collect()


def query(data):
    return data.groupby("id3").agg(col("v1").sum(), col("v3").mean()).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
