"""q2: medium inner on int - cudf"""

import sys

import cudf


def load(path, medium_path):
    data = cudf.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    medium = cudf.read_parquet(medium_path, columns=["id1", "id2", "id4", "id5", "v2"])
    return data, medium


def query(data, medium):
    return data.merge(medium, on="id2", suffixes=("", "_right"))


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
