"""q8: largest two v3 by id6 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select("id6", "v3").cache()


def query(data):
    return (
        data.with_column(
            "place",
            f.row_number(partition_by="id6", order_by=col("v3").sort(ascending=False)),
        )
        .filter(col("place") <= 2)
        .select("id6", col("v3").alias("largest2_v3"))
        .to_arrow_table()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
