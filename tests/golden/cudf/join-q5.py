"""q5: big inner on int - cudf"""

import sys

import cudf


def load(path, big_path):
    data = cudf.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    big = cudf.read_parquet(
        big_path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"]
    )
    return data, big


def query(data, big):
    return data.merge(big, on="id3", suffixes=("", "_right"))


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
