"""q1: small inner on int - daft"""

import sys

import daft


def load(path, small_path):
    data = (
        daft.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .collect()
    )
    small = daft.read_parquet(small_path).select("id1", "id4", "v2").collect()
    return data, small


def query(data, small):
    return data.join(small, on="id1", suffix="_right").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
