"""q3: sum v1 and mean v3 by id3 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col, lit
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select(col("id3"), col("v1"), col("v3")).cache()


def query(data):
    return data.aggregate(
        [col("id3")],
        [
            f.coalesce(f.sum(col("v1")), lit(0)).alias("v1"),
            f.avg(col("v3")).alias("v3"),
        ],
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
