"""q6: median v3 and sd v3 by id4 and id5 - cudf"""

import sys

import cudf


def load(path):
    return cudf.read_parquet(path, columns=["id4", "id5", "v3"])


def query(data):
    return (
        data.groupby(["id4", "id5"])
        .agg(median_v3=("v3", "median"), sd_v3=("v3", "std"))
        .reset_index()
    )


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
