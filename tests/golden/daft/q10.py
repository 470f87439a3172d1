"""q10: sum v3 and number of rows by id1 to id6 - daft"""

import sys

import daft
from daft import col


def load(path):
    return (
        daft.read_parquet(path)
        .select("id1", "id2", "id3", "id4", "id5", "id6", "v3")
        .collect()
    )


def query(data):
    return (
        data.groupby("id1", "id2", "id3", "id4", "id5", "id6")
        .agg(col("v3").sum(), col("id1").count("all").alias("count"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
