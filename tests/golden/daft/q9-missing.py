"""q9: square of the correlation of v1 and v2 by id2 and id4 - daft"""

import sys

import daft
from daft import col, lit
from daft.functions import when


def load(path):
    return daft.read_parquet(path).select("id2", "id4", "v1", "v2").collect()


def query(data):
    return (
        data.with_columns(
            {
                "v1_paired": when(col("v2").not_null(), col("v1")).otherwise(lit(None)),
                "v2_paired": when(col("v1").not_null(), col("v2")).otherwise(lit(None)),
            }
        )
        .with_columns(
            {
                "v1_paired_v2_paired": col("v1_paired") * col("v2_paired"),
                "v1_paired_v1_paired": col("v1_paired") * col("v1_paired"),
                "v2_paired_v2_paired": col("v2_paired") * col("v2_paired"),
            }
        )
        .groupby("id2", "id4")
        .agg(
            col("v1_paired").count().alias("count_v1_paired"),
            col("v1_paired_v2_paired")
            .sum()
            .fill_null(0)
            .alias("sum_v1_paired_v2_paired"),
            col("v1_paired").sum().fill_null(0).alias("sum_v1_paired"),
            col("v2_paired").sum().fill_null(0).alias("sum_v2_paired"),
            col("v1_paired_v1_paired")
            .sum()
            .fill_null(0)
            .alias("sum_v1_paired_v1_paired"),
            col("v2_paired_v2_paired")
            .sum()
            .fill_null(0)
            .alias("sum_v2_paired_v2_paired"),
        )
        .select(
            col("id2"),
            col("id4"),
            (
                (
                    col("count_v1_paired") * col("sum_v1_paired_v2_paired")
                    - col("sum_v1_paired") * col("sum_v2_paired")
                )
                / (
                    (
                        col("count_v1_paired") * col("sum_v1_paired_v1_paired")
                        - col("sum_v1_paired") * col("sum_v1_paired")
                    )
                    * (
                        col("count_v1_paired") * col("sum_v2_paired_v2_paired")
                        - col("sum_v2_paired") * col("sum_v2_paired")
                    )
                ).sqrt()
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
