"""q9: square of the correlation of v1 and v2 by id2 and id4 - daft"""

import sys

import daft
from daft import col


def load(path):
    return daft.read_parquet(path).select("id2", "id4", "v1", "v2").collect()


def query(data):
    return (
        data.groupby("id2", "id4")
        .agg(
            col("id2").count("all").alias("size"),
            (col("v1") * col("v2")).sum().alias("sum_v1_v2"),
            col("v1").sum().alias("sum_v1"),
            col("v2").sum().alias("sum_v2"),
            (col("v1") * col("v1")).sum().alias("sum_v1_v1"),
            (col("v2") * col("v2")).sum().alias("sum_v2_v2"),
        )
        .select(
            "id2",
            "id4",
            (
                (col("size") * col("sum_v1_v2") - col("sum_v1") * col("sum_v2"))
                / (
                    (
                        col("size") * col("sum_v1_v1") - col("sum_v1") * col("sum_v1")
                    ).pow(0.5)
                    * (
                        col("size") * col("sum_v2_v2") - col("sum_v2") * col("sum_v2")
                    ).pow(0.5)
                )
            )
            .pow(2)
            .alias("r2"),
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
