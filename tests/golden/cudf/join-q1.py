"""q1: small inner on int - cudf"""

import sys

import cudf


def load(path, small_path):
    data = cudf.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    small = cudf.read_parquet(small_path, columns=["id1", "id4", "v2"])
    return data, small


def query(data, small):
    return data.merge(small, on="id1", suffixes=("", "_right"))


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
