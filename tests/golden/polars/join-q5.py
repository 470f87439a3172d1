"""q5: big inner on int - polars"""

import sys

import polars as pl


def load(path, big_path):
    data = pl.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    big = pl.read_parquet(
        big_path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v2"]
    )
    return data, big


def query(data, big):
    return data.join(big, on="id3")


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
