"""q2: sum v1 by id1 and id2 - cudf"""

import sys

import cudf


def load(path):
    return cudf.read_parquet(path, columns=["id1", "id2", "v1"])


def query(data):
    return data.groupby(["id1", "id2"], as_index=False)["v1"].sum()


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
