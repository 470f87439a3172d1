"""double_even: v2, doubled where v1 is even - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return (
        ctx.read_parquet(path)
        .select("v1", "v2", f.file_row_index().alias("row"))
        .cache()
    )


def query(data):
    return (
        data.select(
            f.when(col("v1") % 2 == 0, 2 * col("v2"))
            .otherwise(col("v2"))
            .alias("result"),
            "row",
        )
        .sort("row")
        .drop("row")
        .to_arrow_table()
    )


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
