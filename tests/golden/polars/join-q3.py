"""q3: medium outer on int - polars"""

import sys

import polars as pl


def load(path, medium_path):
    data = pl.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v1"]
    )
    medium = pl.read_parquet(medium_path, columns=["id1", "id2", "id4", "id5", "v2"])
    return data, medium


def query(data, medium):
    return data.join(medium, on="id2", how="left")


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
