"""q10: sum v3 and number of rows by id1 to id6 - cudf"""

import sys

import cudf


def load(path):
    return cudf.read_parquet(
        path, columns=["id1", "id2", "id3", "id4", "id5", "id6", "v3"]
    )


def query(data):
    return (
        data.groupby(["id1", "id2", "id3", "id4", "id5", "id6"])
        .agg(v3=("v3", "sum"), count=("v3", "size"))
        .reset_index()
    )


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
