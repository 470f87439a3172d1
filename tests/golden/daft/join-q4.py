"""q4: medium inner on factor - daft"""

import sys

import daft


def load(path, medium_path):
    data = (
        daft.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v1")
        .collect()
    )
    medium = (
        daft.read_parquet(medium_path)
        .select("id1", "id2", "id4", "id5", "v2")
        .collect()
    )
    return data, medium


def query(data, medium):
    return data.join(medium, on="id5", suffix="_right").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
