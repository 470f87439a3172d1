"""star: id1, id3, value of the inner join with small on id1, id4 and the left join with medium on id1, id2, then number of rows, sum value, count v2 of the left join with big on id1, id3 by id1 - polars"""

import sys

import polars as pl


def load(path, small_path, medium_path, big_path):
    data = pl.read_parquet(path, columns=["id1", "id2", "id3", "id4", "v1"])
    small = pl.read_parquet(small_path, columns=["id1", "id4", "v2"])
    medium = pl.read_parquet(medium_path, columns=["id1", "id2"])
    big = pl.read_parquet(big_path, columns=["id1", "id3", "v2"])
    return data, small, medium, big


def query(data, small, medium, big):
    return (
        data.lazy()
        .join(small.lazy(), on=["id1", "id4"])
        .join(medium.lazy(), on=["id1", "id2"], how="left")
        .select("id1", "id3", value=pl.col("v1") * pl.col("v2"))
        .join(big.lazy(), on=["id1", "id3"], how="left")
        .group_by("id1")
        .agg(rows=pl.len(), value=pl.sum("value"), matched=pl.count("v2"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(*load(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4])))
