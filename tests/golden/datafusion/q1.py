"""q1: sum v1 by id1 - datafusion"""

import sys

from datafusion import SessionConfig, SessionContext, col
from datafusion import functions as f


def load(path):
    ctx = SessionContext(SessionConfig().with_target_partitions(2))
    return ctx.read_parquet(path).select("id1", "v1").cache()


def query(data):
    return data.aggregate(["id1"], [f.sum(col("v1")).alias("v1")]).to_arrow_table()


def rows(answer):
    return answer


if __name__ == "__main__":
    print(query(load(sys.argv[1])))
