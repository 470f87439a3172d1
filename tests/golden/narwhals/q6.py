"""q6: median v3 and sd v3 by id4 and id5 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id4", "id5", "v3"])


def query(data):
    return (
        data.lazy()
        .group_by("id4", "id5")
        .agg(median_v3=nw.median("v3"), sd_v3=nw.col("v3").std())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
