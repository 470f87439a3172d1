"""q2: sum v1 by id1 and id2 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id1", "id2", "v1"])


def query(data):
    return data.lazy().group_by("id1", "id2").agg(nw.sum("v1")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
