"""q7: max v1 - min v2 by id3 - cudf"""

import sys

import cudf


def load(path):
    return cudf.read_parquet(path, columns=["id3", "v1", "v2"])


def query(data):
    groups = data.groupby("id3")
    return cudf.DataFrame(
        {"range_v1_v2": groups["v1"].max() - groups["v2"].min()}
    ).reset_index()


def rows(answer):
    return answer.to_arrow(preserve_index=False)


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
