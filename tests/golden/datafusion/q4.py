"""q4: mean v1, v2 and v3 by id4 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select("id4", "v1", "v2", "v3").cache()


def query(data):
    return data.aggregate(
        ["id4"],
        [
            f.avg(col("v1")).alias("v1"),
            f.avg(col("v2")).alias("v2"),
            f.avg(col("v3")).alias("v3"),
        ],
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
