"""q7: max v1 - min v2 by id3 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id3", "v1", "v2"])


def query(data):
    return (
        data.lazy()
        .group_by("id3")
        .agg(range_v1_v2=nw.max("v1") - nw.min("v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
