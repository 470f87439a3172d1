"""q5: big inner on int - daft"""

import sys

import daft


def load(path, big_path):
    data = (
        daft.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .collect()
    )
    big = (
        daft.read_parquet(big_path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v2")
        .collect()
    )
    return data, big


def query(data, big):
    return data.join(big, on="id3", suffix="_right").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
