"""outer: number of rows, count v1, count v2 of the outer join with medium on id2 - polars"""

import sys

import polars as pl


def load(path, medium_path):
    data = pl.read_parquet(path, columns=["id2", "v1"])
    medium = pl.read_parquet(medium_path, columns=["id2", "v2"])
    return data, medium


def query(data, medium):
    return (
        data.lazy()
        .join(medium.lazy(), on="id2", how="full", coalesce=True)
        .select(rows=pl.len(), v1=pl.count("v1"), v2=pl.count("v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
