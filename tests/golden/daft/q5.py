"""q5: sum v1, v2 and v3 by id6 - daft"""

import sys

import daft
from daft import col


def load(path):
    return daft.read_parquet(path).select("id6", "v1", "v2", "v3").collect()


def query(data):
    return (
        data.groupby("id6")
        .agg(col("v1").sum(), col("v2").sum(), col("v3").sum())
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
