"""q8: largest two v3 by id6 - daft"""

import sys

import daft
from daft import Window, col
from daft.functions import row_number


def load(path):
    return daft.read_parquet(path).select("id6", "v3").collect()


def query(data):
    return (
        data.with_column(
            "place",
            row_number().over(Window().partition_by("id6").order_by("v3", desc=True)),
        )
        .where(col("place") <= 2)
        .select("id6", col("v3").alias("largest2_v3"))
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
