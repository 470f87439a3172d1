"""q4: mean v1, v2 and v3 by id4 - cudf"""

import sys

import cudf


def load(path):
    return cudf.read_parquet(path, columns=["id4", "v1", "v2", "v3"])


def query(data):
    return data.groupby("id4", as_index=False)[["v1", "v2", "v3"]].mean()


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
