"""q10: sum v3 and number of rows by id1 to id6 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(
        path, backend="polars", columns=["id1", "id2", "id3", "id4", "id5", "id6", "v3"]
    )


def query(data):
    return (
        data.lazy()
        .group_by("id1", "id2", "id3", "id4", "id5", "id6")
        .agg(nw.sum("v3"), count=nw.len())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
