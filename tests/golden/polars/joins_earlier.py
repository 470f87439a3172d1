"""earlier: number of rows, count v2 of the as-of join with medium on id1, id3 = id2 by id1 - polars"""

import sys

import polars as pl


def load(path, medium_path):
    data = pl.read_parquet(path, columns=["id1", "id2", "id3"])
    medium = pl.read_parquet(medium_path, columns=["id1", "id2", "v2"])
    return data, medium


def query(data, medium):
    return (
        data.lazy()
        .sort("id3")
        .join_asof(
            medium.lazy().sort("id2", maintain_order=True),
            left_on="id3",
            right_on="id2",
            by="id1",
            tolerance=100,
            check_sortedness=False,
            coalesce=False,
        )
        .group_by("id1")
        .agg(rows=pl.len(), matched=pl.count("v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
