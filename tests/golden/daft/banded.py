"""banded: a banded ratio of v3 and v2 - daft"""

import sys

import daft
from daft import col
from daft.functions import when


def load(path):
    return daft.read_parquet(path).select("v3", "v2", "v1").collect()


def query(data):
    return (
        data.with_column("ratio", col("v3") / (col("v2") + 1))
        .select(
            when(col("ratio") > 20, col("ratio").sqrt())
            .when(col("v1") == 1, 0.0)
            .otherwise(col("ratio").negate())
            .alias("result")
        )
        .collect()
    )


def rows(answer):
    return answer.to_arrow()


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
