"""names: number of rows, mean v2 of the inner join with medium on id3 = id2 by id1 - polars"""

import sys

import polars as pl


def load(path, medium_path):
    data = pl.read_parquet(path, columns=["id1", "id2", "id3"])
    medium = pl.read_parquet(medium_path, columns=["id2", "v2"])
    return data, medium


def query(data, medium):
    return (
        data.lazy()
        .join(medium.lazy(), left_on="id3", right_on="id2")
        .group_by("id1")
        .agg(rows=pl.len(), v2=pl.mean("v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
