"""after_groups: sum v1, number of rows by id2, then id2, rows, weighted of the left join with medium on id2 - polars"""

import sys

import polars as pl


def load(path, medium_path):
    data = pl.read_parquet(path, columns=["id2", "v1"])
    medium = pl.read_parquet(medium_path, columns=["id2", "v2"])
    return data, medium


def query(data, medium):
    return (
        data.lazy()
        .group_by("id2")
        .agg(total=pl.sum("v1"), rows=pl.len())
        .join(medium.lazy(), on="id2", how="left")
        .select("id2", "rows", weighted=pl.col("total") * pl.col("v2"))
        .sort("rows", "id2", descending=[True, False])
        .head(100)
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2])))
