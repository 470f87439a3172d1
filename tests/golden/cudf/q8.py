"""q8: largest two v3 by id6 - cudf"""

import sys

import cudf


def load(path):
    return cudf.read_parquet(path, columns=["id6", "v3"])


def query(data):
    return (
        data.sort_values("v3", ascending=False)
        .groupby("id6")
        .head(2)
        .rename(columns={"v3": "largest2_v3"})
    )


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
