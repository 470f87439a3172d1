"""q5: big inner on int - narwhals"""

import sys

import narwhals as nw


def load(path, big_path):
    data = nw.read_parquet(
        path, backend="polars", columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    big = nw.read_parquet(
        big_path,
        backend="polars",
        columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"],
    )
    return data, big


def query(data, big):
    return data.lazy().join(big.lazy(), on="id3").collect()


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
