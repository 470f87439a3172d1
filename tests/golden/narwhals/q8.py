"""q8: largest two v3 by id6 - narwhals"""

import sys

import narwhals as nw


def load(path):
    return nw.read_parquet(path, backend="polars", columns=["id6", "v3"])


def query(data):
    return (
        data.lazy()
        .filter(nw.col("v3").rank("ordinal", descending=True).over("id6") <= 2)
        .select("id6", largest2_v3=nw.col("v3"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
