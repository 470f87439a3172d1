"""q1: sum v1 by id1 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col, lit
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select(col("id1"), col("v1")).cache()


def query(data):
    return data.aggregate(
        [col("id1")], [f.coalesce(f.sum(col("v1")), lit(0)).alias("v1")]
    ).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
