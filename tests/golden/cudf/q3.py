"""q3: sum v1 and mean v3 by id3 - cudf"""

import sys

import cudf


def load(path):
    return cudf.read_parquet(path, columns=["id3", "v1", "v3"])


def query(data):
    return data.groupby("id3").agg({"v1": "sum", "v3": "mean"}).reset_index()


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
