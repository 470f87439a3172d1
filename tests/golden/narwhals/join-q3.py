"""q3: medium outer on int - narwhals"""

import sys

import narwhals as nw


def load(path, medium_path):
    data = nw.read_parquet(
        path, backend="polars", columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    medium = nw.read_parquet(
        medium_path, backend="polars", columns=["id1", "id2", "id4", "id5", "v2"]
    )
    return data, medium


def query(data, medium):
    return data.lazy().join(medium.lazy(), on="id2", how="left").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
