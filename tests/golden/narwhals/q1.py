"""q1: sum v1 by id1 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id1", "v1"])


def query(data):
    return data.lazy().group_by("id1").agg(nw.sum("v1")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
