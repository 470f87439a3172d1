"""q1: small inner on int - narwhals"""

import sys

import narwhals as nw


def load(path, small_path):
    data = nw.read_parquet(
        path, backend="polars", columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    small = nw.read_parquet(small_path, backend="polars", columns=["id1", "id4", "v2"])
    return data, small


def query(data, small):
    return data.lazy().join(small.lazy(), on="id1").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
