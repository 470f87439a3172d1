"""q3: sum v1 and mean v3 by id3 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id3", "v1", "v3"])


def query(data):
    return data.lazy().group_by("id3").agg(nw.sum("v1"), nw.mean("v3")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
