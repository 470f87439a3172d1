"""q5: sum v1, v2 and v3 by id6 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id6", "v1", "v2", "v3"])


def query(data):
    return data.lazy().group_by("id6").agg(nw.sum("v1", "v2", "v3")).collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
